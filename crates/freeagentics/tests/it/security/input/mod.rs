//! What callers send: texts that mean something to a database, a log, a file system.

mod alias_bombs;
mod deep_documents;
mod huge_numbers;
mod log_injection;
mod parameter_pollution;
mod path_traversal;
mod sql_injection;
