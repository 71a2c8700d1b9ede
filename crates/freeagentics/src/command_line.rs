//! The words of the command line, as people write them and as they are understood.

use std::ffi::OsString;

/// Flags that many commands have, and some do not. Written before the command they mean the same as behind it.
const OF_COMMANDS: [&str; 3] = ["--server", "--ca", "--key-file"];

/// The words in the order in which they are understood; `help --help` asks for nothing but help.
pub(crate) fn understood(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_some_and(|word| word == "help") {
        words.retain(|word| word != "--help" && word != "-h");
    }
    let mut early = Vec::new();
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        match word.split_once('=') {
            _ if OF_COMMANDS.contains(&word) && at + 1 < words.len() => early.extend(words.drain(at..at + 2)),
            Some((flag, _)) if OF_COMMANDS.contains(&flag) => early.push(words.remove(at)),
            None if word == "--output" => at += 2,
            Some(("--output", _)) => at += 1,
            _ => break,
        }
    }
    // Behind the command, if there is one to take them.
    let behind = if at < words.len() { at + 1 } else { words.len() };
    words.splice(behind..behind, early);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let words = understood(line.split(' ').map(OsString::from).collect());
        words.join(OsString::from(" ").as_os_str()).into_string().unwrap()
    }

    #[test]
    fn what_stands_before_the_command_means_the_same_behind_it() {
        for (written, meant) in [
            ("fa --server http://x users list", "fa users --server http://x list"),
            (
                "fa --output json --server=http://x --key-file k whoami",
                "fa --output json whoami --server=http://x --key-file k",
            ),
            ("fa users list --server http://x", "fa users list --server http://x"),
            ("fa --server http://x", "fa --server http://x"),
            ("fa --server", "fa --server"),
            ("fa run --server x", "fa run --server x"),
            ("fa help --help", "fa help"),
        ] {
            assert_eq!(read(written), meant, "{written}");
        }
    }
}
