//! How a command ends: exit codes, and failures that say what to do next.

use std::{borrow::Cow, fmt, io, process::ExitCode};

use freeagentics_inference::document::Problems;
use serde_json::{Map, Value, json};

use crate::terminal::{Format, Paint, Terminal, harmless};

/// What every command answers with. The numbers are part of the interface: they are in `--help` and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked, and all is well.
    Done = 0,
    /// The model or the installation has problems; or a test, or a proof of readiness, failed.
    Failed = 1,
    /// The command line is wrong. (clap uses the same number.)
    Usage = 2,
    /// A file could not be read, or the output not be written.
    Unreadable = 3,
    /// A line of observations is wrong; it and all later ones were left alone.
    BadLine = 4,
    /// The server refused what was asked.
    Refused = 5,
    /// The server cannot be reached, or gave no answer.
    Unreachable = 6,
}

/// The part of `--help` that explains the exit codes.
pub(crate) const CODES: &str = "Exit codes:
  0  done, and all is well
  1  the model or the installation has problems; or a test, or a proof of readiness, failed
  2  the command line is wrong
  3  a file could not be read, or the output not be written
  4  a line of observations is wrong; it and the lines after it were left alone
  5  the server refused what was asked
  6  the server cannot be reached, or gave no answer";

impl Exit {
    /// The first of two endings that is not well.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Done { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads the output any more (`… | head`). Not an error.
    NobodyReads,
    /// The model document is wrong: everything that is wrong with it.
    Model {
        /// Where the document came from.
        origin: String,
        /// Every problem in it.
        problems: Problems,
    },
    /// Anything else.
    Other(Box<Complaint>),
}

/// One thing that went wrong, with the way out.
#[derive(Debug)]
pub(crate) struct Complaint {
    /// How the command ends.
    pub(crate) exit: Exit,
    /// A stable name for programs.
    pub(crate) code: Cow<'static, str>,
    /// `file:line` or `file`, if it is about one.
    pub(crate) place: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) mend: String,
    /// What else a server said, such as the single problems of a model.
    pub(crate) more: Map<String, Value>,
}

impl Failure {
    /// The command line asks for something that cannot be.
    pub(crate) fn usage(code: &'static str, message: impl fmt::Display, mend: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, code, None, message, mend)
    }

    /// A file cannot be read.
    pub(crate) fn unreadable(file: &str, cause: impl fmt::Display) -> Self {
        let mend = "check the path and that you may read it";
        Self::new(Exit::Unreadable, "unreadable", Some(file.to_owned()), format!("cannot be read: {cause}"), mend)
    }

    /// A line of a recording is wrong.
    pub(crate) fn line(file: &str, line: usize, message: impl fmt::Display, mend: impl fmt::Display) -> Self {
        Self::new(Exit::BadLine, "bad_line", Some(format!("{file}:{line}")), message, mend)
    }

    /// The installation is not as the server needs it.
    pub(crate) fn installation(code: &'static str, message: impl fmt::Display, mend: impl fmt::Display) -> Self {
        Self::new(Exit::Failed, code, None, message, mend)
    }

    /// The server knows nothing of that name.
    pub(crate) fn no_such(code: &'static str, message: impl fmt::Display, mend: impl fmt::Display) -> Self {
        Self::new(Exit::Refused, code, None, message, mend)
    }

    /// The engine refuses what the document's check let pass.
    pub(crate) fn refused(origin: &str, faults: impl fmt::Display) -> Self {
        let mend = "please report this model: `check` should have said it better";
        Self::new(Exit::Failed, "refused", Some(origin.to_owned()), faults, mend)
    }

    /// With a mend that the command knows better than the server, if it is about this.
    pub(crate) fn mended(mut self, code: &str, mend: impl fmt::Display) -> Self {
        if let Self::Other(complaint) = &mut self
            && complaint.code == code
        {
            complaint.mend = mend.to_string();
        }
        self
    }

    /// What to do next, where one thing went wrong.
    pub(crate) fn mend(&self) -> Option<&str> {
        match self {
            Self::Other(complaint) => Some(&complaint.mend),
            Self::NobodyReads | Self::Model { .. } => None,
        }
    }

    fn new(
        exit: Exit,
        code: &'static str,
        place: Option<String>,
        message: impl fmt::Display,
        mend: impl fmt::Display,
    ) -> Self {
        let (message, mend) = (message.to_string(), mend.to_string());
        Complaint { exit, code: code.into(), place, message, mend, more: Map::new() }.into()
    }

    /// Tells it on standard error and answers with the exit code.
    pub(crate) fn report(&self, terminal: &mut Terminal<'_>, format: Format) -> Exit {
        let text = match (self, format) {
            (Self::NobodyReads, _) => return Exit::Done,
            (Self::Model { origin, problems }, Format::Text) => {
                crate::problems::text(origin, problems, terminal.err_paint)
            }
            (Self::Model { origin, problems }, Format::Json) => {
                format!("{}\n", json!({ "error": crate::problems::json(origin, problems) }))
            }
            (Self::Other(complaint), Format::Text) => complaint.text(terminal.err_paint),
            (Self::Other(complaint), Format::Json) => format!("{}\n", json!({ "error": complaint.json() })),
        };
        // When even standard error is gone there is nobody left to tell; the exit code still says it.
        let _gone = terminal.err.write_all(text.as_bytes()).and_then(|()| terminal.err.flush());
        match self {
            Self::NobodyReads => Exit::Done,
            Self::Model { .. } => Exit::Failed,
            Self::Other(complaint) => complaint.exit,
        }
    }
}

impl Complaint {
    fn text(&self, paint: Paint) -> String {
        let place = self.place.as_ref().map(|place| format!("{}: ", harmless(place))).unwrap_or_default();
        let (error, mend) = (paint.alarm("error:"), paint.faint("mend:"));
        let single = crate::problems::told(&self.more, &self.message, paint);
        format!("{error} {place}{}\n {mend} {}\n{single}", harmless(&self.message), harmless(&self.mend))
    }

    fn json(&self) -> Value {
        let mut told = json!({ "code": self.code, "place": self.place, "message": self.message, "mend": self.mend });
        if let Value::Object(members) = &mut told {
            members.extend(self.more.clone());
        }
        told
    }
}

impl From<Complaint> for Failure {
    fn from(complaint: Complaint) -> Self {
        Self::Other(Box::new(complaint))
    }
}

impl From<io::Error> for Failure {
    /// For writing; reading goes through [`Failure::unreadable`], which knows the file.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        let mend = "free some space, or write somewhere else";
        Self::new(Exit::Unreadable, "unwritable", None, format!("the output cannot be written: {error}"), mend)
    }
}
