//! A disk that forgets.
//!
//! Loaded into a process with `LD_PRELOAD`, this library keeps what the process writes to the files of one folder in
//! the process's memory. It reaches the real files when they are synchronised, and not before; so a `kill -9` of the
//! process is a power cut, and what it leaves on disk is what a disk with a volatile cache would have left. Reads and
//! sizes are answered from both, so the process notices nothing.
//!
//! | environment | |
//! |---|---|
//! | `LOSSY_DISK_FOLDER` | the folder, as an absolute path without links; without it nothing is changed |
//! | `LOSSY_DISK_SYNC=lie` | synchronising succeeds and writes nothing: the disk that must not be used |
//! | `LOSSY_DISK_LEAK=PERCENT:SEED` | so many of the sectors that are written reach the disk at once, in whatever order |
//!
//! What is not lost: names. Creating, renaming and removing a file is durable at once, with or without a
//! synchronised folder. Files that end in `-shm` are left alone: SQLite maps them, and rebuilds them from the log
//! whenever a first process opens the database. What cannot be kept in memory faithfully (mapped files, vectored
//! calls, copies inside the kernel) is refused; files written through C's `FILE` or by path (`truncate`) are not seen.

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
compile_error!("the calls that are taken over are those of 64-bit Linux");

mod files;
mod hooks;
mod overlay;
mod real;
mod settings;
