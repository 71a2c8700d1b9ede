//! What is drilled.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Lets wrong sign-ins arrive in a flood while agents are stepped and people sign in, and says what became of each.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Wrong sign-ins per second, whatever becomes of those before.
    #[arg(long, default_value_t = 1000.0)]
    rate: f64,
    /// Steps per second, likewise.
    #[arg(long, default_value_t = 500.0)]
    steps: f64,
    /// How long steps are counted, before and under attack, in seconds.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    seconds: f64,
    /// A setting of the server (`key=value`). May be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The program; without it, the `freeagentics` beside this one.
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
    /// Where to write the report, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// A short time: whether the drill works, not how the server holds out.
    #[arg(long)]
    pub(crate) smoke: bool,
}

impl Arguments {
    /// Wrong sign-ins per second.
    pub(crate) fn rate(&self) -> f64 {
        if self.smoke { self.rate.min(200.0) } else { self.rate }
    }

    /// Steps per second.
    pub(crate) fn steps(&self) -> f64 {
        if self.smoke { self.steps.min(50.0) } else { self.steps }
    }

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(if self.smoke { 3.0 } else { self.seconds })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
