//! Examinations of a stranger's repository and service, of which everything is real: its tests, its process, its port.
#![cfg(test)]

mod committed;
mod kiosk;
mod pages;
mod planted;
mod profile;
mod stranger;
