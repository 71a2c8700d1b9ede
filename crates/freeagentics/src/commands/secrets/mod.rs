//! What nobody is to read over a shoulder: passwords and tickets, from files or asked for at a terminal. They never stand on a
//! command line, which everybody on the machine can see.

mod hidden;

use std::path::Path;

use axiomcore::config::{Secret, SecretFileError};

use crate::{exit::Failure, terminal::Terminal};

/// How a new password is asked for.
const NEW: &str = "Choose a new password: a few words that do not belong together, which you use nowhere else. Twelve characters \
                   will do, unless this server asks for more.";

/// A password: that in the file, or one that is asked for with the first of `how`; the second is the flag that names a file.
pub(super) fn password(
    file: Option<&Path>,
    how: (&str, &str),
    terminal: &mut Terminal<'_>,
) -> Result<Secret<String>, Failure> {
    PASSWORD.get(file, how, terminal)
}

/// A password to have from now on: that in the file, or one that is typed twice. What makes a good one is told before.
pub(super) fn new_password(
    file: Option<&Path>,
    flag: &str,
    terminal: &mut Terminal<'_>,
) -> Result<Secret<String>, Failure> {
    if file.is_none() && terminal.interactive {
        writeln!(terminal.err, "{NEW}")?;
    }
    let new = password(file, ("New password: ", flag), terminal)?;
    if file.is_none() && password(None, ("New password again: ", flag), terminal)? != new {
        let mend = "give the same command again";
        return Err(Failure::usage("passwords_differ", "nothing was done: the two were not the same", mend));
    }
    Ok(new)
}

/// A ticket, wherever it stands in the file or in what is typed: people copy the link, or the letter.
pub(super) fn ticket(file: Option<&Path>, terminal: &mut Terminal<'_>) -> Result<Secret<String>, Failure> {
    let how = ("Ticket, or the link that it came in: ", "--ticket-file");
    let text = TICKET.get(file, how, terminal)?;
    within(text.expose()).map(|ticket| Secret::new(ticket.to_owned())).ok_or_else(|| {
        let mend = "copy it again, or the whole link: a ticket begins with `ticket_`";
        Failure::usage("no_ticket", "there is no ticket in what was given", mend)
    })
}

/// The first ticket in a text.
fn within(text: &str) -> Option<&str> {
    const BEGINNING: &str = "ticket_";
    text.match_indices(BEGINNING).find_map(|(at, _)| {
        let digits = text[at + BEGINNING.len()..].bytes().take_while(u8::is_ascii_hexdigit).count();
        (digits > 0).then(|| &text[at..at + BEGINNING.len() + digits])
    })
}

/// Who has given no answer.
pub(super) fn given_up() -> Failure {
    let message = "nothing was done: the question was not answered";
    Failure::usage("given_up", message, "give the same command again")
}

/// A kind of secret, and what it is called where there is none to be used.
struct Kind {
    name: &'static str,
    missing: &'static str,
    public: &'static str,
    replaced: &'static str,
}

const PASSWORD: Kind = Kind {
    name: "password",
    missing: "no_password",
    public: "public_password_file",
    replaced: "choose another password",
};

const TICKET: Kind =
    Kind { name: "ticket", missing: "no_ticket", public: "public_ticket_file", replaced: "ask for another ticket" };

impl Kind {
    fn get(
        &self,
        file: Option<&Path>,
        how: (&str, &str),
        terminal: &mut Terminal<'_>,
    ) -> Result<Secret<String>, Failure> {
        file.map_or_else(|| self.typed(how, terminal), |file| self.of_file(file))
    }

    fn of_file(&self, file: &Path) -> Result<Secret<String>, Failure> {
        let Self { name: what, missing, public, replaced } = self;
        let name = file.display();
        Secret::from_file(file).map_err(|error| match error {
            SecretFileError::Unreadable(_, cause) => Failure::unreadable(&name.to_string(), cause),
            SecretFileError::Public(_) => {
                let mend = format!("chmod 600 {name}, and {replaced} if others were here");
                Failure::usage(public, format!("everybody on this machine can read {name}"), mend)
            }
            SecretFileError::Empty(_) => {
                Failure::usage(missing, format!("{name} is empty"), format!("write the {what} into it"))
            }
        })
    }

    fn typed(&self, (question, flag): (&str, &str), terminal: &mut Terminal<'_>) -> Result<Secret<String>, Failure> {
        if !terminal.interactive {
            let mend = format!("write it into a file that only you can read, and name that with {flag}");
            let message = format!("nobody is there to ask for the {}", self.name);
            return Err(Failure::usage(self.missing, message, mend));
        }
        let typed = hidden::ask(question, terminal).map_err(|error| Failure::unreadable("-", error))?;
        typed.ok_or_else(given_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_found_wherever_it_stands() {
        for text in [
            "ticket_0f",
            " ticket_0f\n",
            "http://x/#ticket=ticket_0f",
            "  ticket  ticket_0f\n  until",
            "\"ticket_0f\".",
        ] {
            assert_eq!(within(text), Some("ticket_0f"), "{text}");
        }
        for text in ["", "ticket_", "0f", "#ticket=", "ticket_ü"] {
            assert_eq!(within(text), None, "{text}");
        }
    }
}
