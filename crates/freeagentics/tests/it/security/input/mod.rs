//! What callers send: texts that mean something to a database, a log, a file system.

mod log_injection;
mod path_traversal;
mod sql_injection;
