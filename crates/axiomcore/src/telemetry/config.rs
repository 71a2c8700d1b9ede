//! Configuration of logs.

use tracing_subscriber::filter::Targets;

use crate::config::{Checks, Fault, Profile, Raw, Setting};

crate::settings! {
    /// What is logged, and how.
    pub struct Config in "telemetry" {
        /// Which messages are logged: a level (`error`, `warn`, `info`, `debug`, `trace`), or levels by target such as
        /// `warn,axiomcore=debug`.
        pub log: String = "info".into();
        /// `json` writes one object a line; `human` is for reading at a terminal.
        pub log_format: LogFormat = LogFormat::Json, development = "human";
        /// Which requests get a line in the log: `all`, `all_but_steps` (without the steps that were taken: each is on record
        /// anyway, and there are thousands a second), `failures` (answers of 500 and above) or `none`. They are counted in
        /// the metrics whatever this says.
        pub access_log: AccessLog = AccessLog::AllButSteps;
    }
}

impl Checks for Config {
    fn check(&self, _: Profile) -> Vec<Fault> {
        let wrong = self.log.parse::<Targets>().err();
        let fault = |why| Fault::new("telemetry.log", format!("expected a level or levels by target: {why}"));
        wrong.map(fault).into_iter().collect()
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Human,
}

/// Which requests are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLog {
    /// Every one.
    All,
    /// Every one but those of the class that the service is mainly for that went well.
    AllButSteps,
    /// Those that failed here.
    Failures,
    /// None.
    None,
}

macro_rules! one_of {
    ($type:ident, $form:literal, $($name:literal => $variant:ident),+) => {
        impl Setting for $type {
            const FORM: &'static str = $form;

            fn read(raw: &Raw) -> Option<Self> {
                match String::read(raw)?.as_str() {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> String {
                match self {
                    $(Self::$variant => concat!("\"", $name, "\"").into(),)+
                }
            }
        }
    };
}

one_of!(LogFormat, "json or human", "json" => Json, "human" => Human);
one_of!(AccessLog, "all, all_but_steps, failures or none", "all" => All, "all_but_steps" => AllButSteps, "failures" => Failures, "none" => None);
