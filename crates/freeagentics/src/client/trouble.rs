//! What can go wrong between here and the server's answer.

use std::fmt;
use std::time::Duration;

use axiomcore::tls::Doubt;
use serde_json::{Map, Value};

use super::by_command::by_command;
use crate::exit::{Complaint, Exit, Failure};
use crate::server::documentation::catalogue;
use crate::session::Unkept;
use crate::terminal::harmless;

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
    Unprotected(Doubt, String),
    /// Something answered that is not this server.
    Strange(String),
    /// Whoever had signed in on this machine is signed out; who that was, if it is known.
    SignedOut(String),
    /// Their session cannot be taken from where it is kept, or put there: what is wrong, and the mend.
    Unkept(String, String),
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
            Self::Unprotected(..) | Self::Strange(_) | Self::SignedOut(_) | Self::Unkept(..) => false,
        }
    }

    /// How long to wait before asking again: what the caller thinks, or what the server says if that is longer.
    pub(crate) fn pause(&self, thought: Duration) -> Duration {
        self.retry_after().map_or(thought, |said| said.max(thought))
    }

    /// As a command tells it; `server` is the address that was asked.
    pub(crate) fn into_failure(self, server: &str) -> Failure {
        let unreachable = |code: &'static str, message: String, mend: &'static str| Complaint {
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
                let mend = "see how it is (freeagentics health) and look at its log; what has an idempotency key can be sent again";
                unreachable("no_answer", format!("the server gave no answer: {why}"), mend)
            }
            Self::Unprotected(doubt, why) => {
                unreachable("unprotected", format!("the server does not show who it is: {why}"), to_believe(doubt))
            }
            Self::Strange(why) => {
                let mend = "this address may belong to another program: say where the server is with --server";
                unreachable("strange_answer", why, mend)
            }
            Self::SignedOut(email) => {
                let email = harmless(&email);
                let whose = if email.is_empty() { String::new() } else { format!(" of {email}") };
                let why = "it was not used for long, a password was chosen elsewhere, or somebody has ended it";
                let message = format!("the session{whose} has ended: {why}");
                let mend = format!("sign in again: freeagentics sign-in {email}").trim_end().to_owned();
                let (exit, code, place) = (Exit::Refused, "signed_out".into(), Some(server.to_owned()));
                Complaint { exit, code, place, message, mend, more: Map::new() }
            }
            Self::Unkept(message, mend) => {
                let (exit, code) = (Exit::Unreadable, "session_file".into());
                Complaint { exit, code, place: None, message, mend, more: Map::new() }
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
            Self::Unprotected(_, why) => write!(f, "the server does not show who it is: {why}"),
            Self::Strange(why) | Self::Unkept(why, _) => f.write_str(why),
            Self::SignedOut(_) => f.write_str("the session has ended"),
        }
    }
}

impl From<Unkept> for Trouble {
    fn from(error: Unkept) -> Self {
        let mend = error.mend();
        Self::Unkept(error.to_string(), mend)
    }
}

impl From<Unkept> for Failure {
    fn from(error: Unkept) -> Self {
        Trouble::from(error).into_failure("")
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
        let message = detail.clone().or(title).unwrap_or_else(|| format!("the server answered with status {status}"));
        let here = detail.is_none().then(|| at_hand(&code)).flatten().map(str::to_owned);
        let mend = here.or(mend).unwrap_or_else(|| self::mend(&code, server));
        let mend = by_command(&mend);
        // What stands elsewhere in the complaint is not said twice.
        let _said = (text("code"), text("type"));
        document.insert("status".to_owned(), status.into());
        Complaint { exit: Exit::Refused, code: code.into(), place: None, message, mend, more: document }
    }
}

/// What to do about a server that is not believed to be who it says.
const fn to_believe(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Authority => "name the authority that signed its certificate with --ca FILE or FREEAGENTICS_CA",
        Doubt::NoServer => {
            "this certificate is an authority's own, which no server may show: sign one for the server with it, and name the \
             authority with --ca FILE"
        }
        Doubt::Name => "write the server's name in --server as its certificate has it, or get one for this name",
        Doubt::Expired => "renew the certificate on the server, or set this machine's clock right",
        Doubt::NotYet => "set this machine's clock right, or wait until the certificate begins",
        Doubt::InTheClear => {
            "the server speaks no TLS there: write http:// instead of https://, or give it a certificate"
        }
        Doubt::Client => {
            "the server wants a certificate of its clients, and commands have none: go through what it lets in, such as its \
             proxy"
        }
        Doubt::Version => {
            "the two have no version or suite of TLS in common: the server's `tls.minimum` may be too new or too old"
        }
        Doubt::Other => "see what the server shows: openssl s_client -connect HOST:PORT",
    }
}

/// What to do about a code whose way out is in this program, where the server can only say what it is in the API.
fn at_hand(code: &str) -> Option<&'static str> {
    Some(match code {
        "unauthenticated" => {
            "check the key in --key-file, FREEAGENTICS_KEY_FILE or FREEAGENTICS_KEY, or sign in again: freeagentics sign-in"
        }
        "factor_enrolment_required" => {
            "enrol an authenticator app: freeagentics account app; or a passkey, on the page of the server"
        }
        "people_only" => "sign in as a person first: freeagentics sign-in",
        "factor_exists" => "remove it first: freeagentics account remove-app",
        "factor_missing" => {
            "begin anew: freeagentics account app; what waits for its first code is forgotten after ten minutes or five wrong ones"
        }
        "factor_proof_required" => {
            "give one of your recovery codes as well: --recovery-code CODE; or use your passkey, on the page of the server"
        }
        "ticket_invalid" => {
            "if you have chosen a password with it already, sign in: freeagentics sign-in; otherwise ask whoever invited you for \
             a new one, or have one mailed to you: freeagentics account forgotten EMAIL"
        }
        "sign_in_refused" => {
            "look at what you have typed: the address, the password, the code, which is good once, or --workspace if you are in \
             another than the default one; if you have forgotten your password: freeagentics account forgotten EMAIL. After \
             several failures even what is right is refused for a while: wait some minutes"
        }
        _ => return None,
    })
}

/// What to do about a code that the answer itself leaves to the code's page: what begins that page, if this program knows it.
fn mend(code: &str, server: &str) -> String {
    let known = catalogue().ok().and_then(|catalogue| catalogue.find(code));
    known.map_or_else(|| format!("{server}/errors/{code} says what to do"), |code| code.mend().to_owned())
}
