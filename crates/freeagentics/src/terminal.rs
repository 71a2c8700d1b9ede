//! Where a command reads and writes. Commands never touch the process's own streams, so a test can hold all of them.

use std::{
    borrow::Cow,
    io::{self, BufRead, Write},
};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object, or one a line.
    Json,
}

/// The streams of one command.
pub(crate) struct Terminal<'t> {
    /// Answers.
    pub(crate) out: &'t mut dyn Write,
    /// Complaints.
    pub(crate) err: &'t mut dyn Write,
    /// What is typed or piped in.
    pub(crate) input: &'t mut dyn BufRead,
    /// Whether a person sits at both ends, so that prompting makes sense.
    pub(crate) interactive: bool,
    /// How many columns a line of answers may have; none where nobody looks at columns.
    pub(crate) width: Option<usize>,
    /// How answers may be decorated.
    pub(crate) paint: Paint,
    /// How complaints may be decorated.
    pub(crate) err_paint: Paint,
}

impl Terminal<'_> {
    /// Its input, and the rest of it, so that one can be read while the other is written.
    pub(crate) fn halves<'a>(&'a mut self, nothing: &'a mut io::Empty) -> (&'a mut dyn BufRead, Terminal<'a>) {
        let rest = Terminal { out: self.out, err: self.err, input: nothing, ..*self };
        (self.input, rest)
    }

    /// Writes a paragraph after an indent, broken between words where the terminal ends.
    pub(crate) fn paragraph(&mut self, indent: &str, text: &str) -> io::Result<()> {
        // A narrower terminal breaks by itself; a word a line would be no better.
        const NARROWEST: usize = 20;
        let width = self.width.map_or(usize::MAX, |width| width.saturating_sub(indent.len()).max(NARROWEST));
        let (mut line, mut length) = (String::new(), 0);
        for word in text.split(' ') {
            let size = word.chars().count();
            if length > 0 && length + 1 + size > width {
                writeln!(self.out, "{indent}{line}")?;
                (line, length) = (String::new(), 0);
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
        writeln!(self.out, "{indent}{line}")
    }

    /// Writes one JSON value on a line of its own.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.out, "{value}")
    }
}

/// Decoration with ANSI escapes, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// No escapes at all: not a terminal, or `NO_COLOR` is set.
    Plain,
    /// Colours and weights.
    Ansi,
}

impl Paint {
    /// Headings and choices.
    pub(crate) fn strong(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    /// What may be skipped.
    pub(crate) fn faint(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    /// Good news.
    pub(crate) fn good(self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }

    /// Bad news.
    pub(crate) fn alarm(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    fn with(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("{style}{text}{style:#}"),
        }
    }
}

/// Text from a file or a line, without control characters: an escape sequence in a model must not steer the terminal.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t' || reorders(c);
    if text.contains(steers) { Cow::Owned(text.replace(steers, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_in_a_model_does_not_reach_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mred\nline"), "a\u{fffd}[31mred\nline");
    }

    #[test]
    fn a_paragraph_breaks_between_words_and_only_where_the_terminal_ends() {
        let wrapped = |width| {
            let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), io::empty());
            let mut terminal = Terminal {
                out: &mut out,
                err: &mut err,
                input: &mut input,
                interactive: true,
                width,
                paint: Paint::Plain,
                err_paint: Paint::Plain,
            };
            terminal.paragraph("  ", "Probably hung (83 %). [restart, probe ×2] costs 10.8.").unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(wrapped(None), "  Probably hung (83 %). [restart, probe ×2] costs 10.8.\n");
        let narrow = "  Probably hung (83 %).\n  [restart, probe ×2]\n  costs 10.8.\n";
        assert_eq!(wrapped(Some(23)), narrow);
    }

    #[test]
    fn plain_paint_adds_nothing() {
        assert_eq!(Paint::Plain.strong("x"), "x");
        assert_eq!(Paint::Ansi.strong("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
