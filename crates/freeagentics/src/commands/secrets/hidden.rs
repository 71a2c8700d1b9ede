//! Asks for something that nobody is to read over a shoulder.
//!
//! The terminal passes on each key as it is pressed and shows none. Ctrl-C comes as a key, too: a signal would end this
//! program with the terminal left as it is now.

use std::io::{self, BufRead, Stdin};

use axiomcore::config::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::terminal::Terminal;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];
const CTRL_U: u8 = 21;

/// The terminal as it was, to be so again.
struct Before {
    stdin: Stdin,
    modes: Termios,
}

impl Drop for Before {
    fn drop(&mut self) {
        // If the terminal is gone, so is who would see it.
        let _gone = tcsetattr(&self.stdin, OptionalActions::Flush, &self.modes);
    }
}

/// What is typed up to the end of the line; nothing if it was given up.
pub(super) fn ask(question: &str, terminal: &mut Terminal<'_>) -> io::Result<Option<Secret<String>>> {
    let stdin = io::stdin();
    let modes = tcgetattr(&stdin)?;
    let mut silent = modes.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    tcsetattr(&stdin, OptionalActions::Flush, &silent)?;
    let before = Before { stdin, modes };
    write!(terminal.err, "{question}")?;
    terminal.err.flush()?;
    let typed = line(terminal.input)?;
    drop(before);
    writeln!(terminal.err)?;
    let text = typed.map(String::from_utf8).transpose().map_err(io::Error::other)?;
    Ok(text.map(Secret::new))
}

/// Keys until Enter, with what a terminal does to them otherwise.
fn line(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let (mut typed, mut key) = (Vec::new(), [0]);
    loop {
        if input.read(&mut key)? == 0 {
            return Ok(None);
        }
        match key[0] {
            b'\n' | b'\r' => return Ok(Some(typed)),
            CTRL_C => return Ok(None),
            CTRL_D if typed.is_empty() => return Ok(None),
            CTRL_U => typed.clear(),
            key if BACKSPACE.contains(&key) => take_back(&mut typed),
            key => typed.push(key),
        }
    }
}

/// Takes back one character, of however many bytes.
fn take_back(typed: &mut Vec<u8>) {
    while typed.pop().is_some_and(|byte| (0x80..0xc0).contains(&byte)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(mut keys: &[u8]) -> Option<String> {
        line(&mut keys).unwrap().map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_line_is_what_is_left_of_the_keys_that_were_pressed() {
        assert_eq!(typed("pä\u{7f}\u{7f}x y\r".as_bytes()).as_deref(), Some("x y"));
        assert_eq!(typed("wrong\u{15}right\n".as_bytes()).as_deref(), Some("right"));
        assert_eq!(typed("\u{8}a\n".as_bytes()).as_deref(), Some("a"));
    }

    #[test]
    fn who_gives_up_has_typed_nothing() {
        for keys in ["pass\u{3}word\n", "\u{4}", "no end"] {
            assert_eq!(typed(keys.as_bytes()), None, "{keys:?}");
        }
        assert_eq!(typed("a\u{4}\n".as_bytes()).as_deref(), Some("a\u{4}"));
    }
}
