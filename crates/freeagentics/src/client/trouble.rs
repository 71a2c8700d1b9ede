//! What can go wrong between here and the server's answer.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::exit::{Complaint, Exit, Failure};

/// Why there is no answer to go on with.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The server answered, and said no.
    Refused(Box<Refusal>),
    /// Nobody listens there: nothing was sent.
    Absent(String),
    /// The connection broke or took too long: it is not known what was done.
    Broken(String),
    /// The connection cannot be protected: nothing was sent.
    Unprotected(String),
    /// Something answered that is not this server.
    Strange(String),
}

/// Problem details (RFC 9457) as the server sent them.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The status of the answer.
    pub(crate) status: u16,
    /// The stable code.
    pub(crate) code: String,
    /// When to ask again, if the server said so.
    pub(crate) retry_after: Option<Duration>,
    /// The whole document.
    pub(crate) document: Map<String, Value>,
}

impl Trouble {
    /// When the server wants to be asked again.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) if matches!(refusal.status, 429 | 503) => refusal.retry_after,
            Self::Broken(_) => Some(Duration::from_millis(200)),
            _ => None,
        }
    }

    /// Whether it can be expected to pass by itself.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Refused(refusal) => matches!(refusal.status, 429 | 503 | 507),
            Self::Absent(_) | Self::Broken(_) => true,
            Self::Unprotected(_) | Self::Strange(_) => false,
        }
    }

    /// How long to wait before asking again: what the caller thinks, or what the server says if that is longer.
    pub(crate) fn pause(&self, thought: Duration) -> Duration {
        self.retry_after().map_or(thought, |said| said.max(thought))
    }

    /// As a command tells it; `server` is the address that was asked.
    pub(crate) fn into_failure(self, server: &str) -> Failure {
        let unreachable = |code: &'static str, message: String, mend: &str| Complaint {
            exit: Exit::Unreachable,
            code: code.into(),
            place: Some(server.to_owned()),
            message,
            mend: mend.to_owned(),
            more: Map::new(),
        };
        let complaint = match self {
            Self::Refused(refusal) => refusal.into_complaint(server),
            Self::Absent(why) => {
                let mend = "start it with `freeagentics serve`, or say where it is with --server or FREEAGENTICS_URL";
                unreachable("unreachable", format!("no server is there: {why}"), mend)
            }
            Self::Broken(why) => {
                let mend =
                    "look at the server's log and at GET /health/ready; what has an idempotency key can be sent again";
                unreachable("no_answer", format!("the server gave no answer: {why}"), mend)
            }
            Self::Unprotected(why) => {
                let mend = "name the authority that signed its certificate with --ca FILE; if the name is wrong, write --server \
                            as the certificate has it; if it has expired, renew it on the server";
                unreachable("unprotected", format!("the server does not show who it is: {why}"), mend)
            }
            Self::Strange(why) => {
                let mend = "this address may belong to another program: say where the server is with --server";
                unreachable("strange_answer", why, mend)
            }
        };
        complaint.into()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "the server refused it: {}", refusal.code),
            Self::Absent(why) => write!(f, "no server is there: {why}"),
            Self::Broken(why) => write!(f, "the server gave no answer: {why}"),
            Self::Unprotected(why) => write!(f, "the server does not show who it is: {why}"),
            Self::Strange(why) => f.write_str(why),
        }
    }
}

impl Refusal {
    fn into_complaint(self, server: &str) -> Complaint {
        let Self { status, code, mut document, .. } = self;
        let mut text = |name: &str| match document.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let (title, detail, mend) = (text("title"), text("detail"), text("mend"));
        let message = detail.or(title).unwrap_or_else(|| format!("the server answered with status {status}"));
        let mend = mend.unwrap_or_else(|| self::mend(&code, server));
        // What stands elsewhere in the complaint is not said twice.
        let _said = (text("code"), text("type"));
        document.insert("status".to_owned(), status.into());
        Complaint { exit: Exit::Refused, code: code.into(), place: None, message, mend, more: document }
    }
}

/// What to do about a code that the answer itself leaves to the code's page.
fn mend(code: &str, server: &str) -> String {
    match code {
        "unauthenticated" => "check the key in --key-file, FREEAGENTICS_KEY_FILE or FREEAGENTICS_KEY".to_owned(),
        "forbidden" => "ask whoever made the key for one with this permission".to_owned(),
        code => format!("{server}/errors/{code} says what to do"),
    }
}
