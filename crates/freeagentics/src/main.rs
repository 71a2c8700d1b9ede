//! The `freeagentics` command.

fn main() {}
