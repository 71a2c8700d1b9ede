//! The `fa` command: `freeagentics` for those who type it often.

use std::process::ExitCode;

fn main() -> ExitCode {
    freeagentics::main()
}
