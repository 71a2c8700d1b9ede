//! Asks a person, with completion.

use std::io;

use rustyline::{
    Config, Context, Editor, Helper, completion::Completer, error::ReadlineError, highlight::Highlighter, hint::Hinter,
    history::MemHistory, validate::Validator,
};

/// Somebody who answers.
pub(super) trait Prompt {
    /// Shows `prompt` and waits for an answer, completing `words`.
    fn ask(&mut self, prompt: &str, words: &[String]) -> io::Result<Reply>;
}

/// What somebody does when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Said(String),
    /// Ctrl-C: what was typed is thrown away.
    Cleared,
    /// The end of the conversation.
    Left,
}

/// A person at the terminal.
pub(super) struct Person {
    editor: Editor<Words, MemHistory>,
}

impl Person {
    pub(super) fn new() -> io::Result<Self> {
        let config = Config::builder().completion_type(rustyline::CompletionType::List).auto_add_history(true).build();
        let mut editor = Editor::with_history(config, MemHistory::new()).map_err(io::Error::other)?;
        editor.set_helper(Some(Words::default()));
        Ok(Self { editor })
    }
}

impl Prompt for Person {
    fn ask(&mut self, prompt: &str, words: &[String]) -> io::Result<Reply> {
        if let Some(helper) = self.editor.helper_mut() {
            helper.0 = words.to_vec();
        }
        match self.editor.readline(prompt) {
            Ok(answer) => Ok(Reply::Said(answer)),
            Err(ReadlineError::Interrupted) => Ok(Reply::Cleared),
            Err(ReadlineError::Eof) => Ok(Reply::Left),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// The words that may be completed now.
#[derive(Default)]
struct Words(Vec<String>);

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..position).unwrap_or(line);
        Ok(candidates(&self.0, typed))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}

/// Where what is being completed begins, and what it may become: the whole line if it begins one of the words, which
/// may contain a blank, or else the last word of it.
fn candidates(words: &[String], typed: &str) -> (usize, Vec<String>) {
    let whole = words.iter().any(|word| word.starts_with(typed));
    let start = if whole { 0 } else { typed.rfind(' ').map_or(0, |parted| parted + 1) };
    let begun = typed.get(start..).unwrap_or_default();
    (start, words.iter().filter(|word| word.starts_with(begun)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_completed_where_they_are_typed() {
        let words: Vec<String> =
            ["fail", "check=ok", "check=fail", "probe=fine", ":done wait"].map(str::to_owned).to_vec();
        let completed = |typed: &str| candidates(&words, typed);
        assert_eq!(completed("f"), (0, vec!["fail".to_owned()]));
        assert_eq!(completed("check=f"), (0, vec!["check=fail".to_owned()]));
        assert_eq!(completed("check=fail p"), (11, vec!["probe=fine".to_owned()]));
        assert_eq!(completed(":done w"), (0, vec![":done wait".to_owned()]));
    }
}
