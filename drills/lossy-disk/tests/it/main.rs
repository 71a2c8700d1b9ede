//! The disk under real processes: a script is run in a process of its own with the disk loaded, the process is killed,
//! and what is on the real disk afterwards is looked at.
#![cfg(test)]

mod databases;
mod files;
mod process;
