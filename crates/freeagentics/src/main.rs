//! The `freeagentics` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    freeagentics::main()
}
