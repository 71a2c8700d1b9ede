//! Reads a recording line by line, so that a live stream is answered as it comes.

use std::io::{BufRead, Read};

use freeagentics_inference::document;
use freeagentics_inference::model::Spec;
use serde_json::Value;

use super::{
    line::{Header, Line},
    observed::example,
};
use crate::exit::Failure;

/// The longest line that is read: a line without end must not eat the memory.
const LONGEST: u64 = 1 << 20;

/// A recording being read.
pub(crate) struct Reader<'r> {
    name: String,
    input: &'r mut dyn BufRead,
    line: usize,
    /// The first line, if it was looked at and is no header.
    first: Option<Box<Line>>,
    /// Whether the model has modalities named like the keys of an envelope, which then are modalities.
    names: Reserved,
    /// A line that would do.
    example: String,
}

/// The keys that make a line something else than a bare observation, unless the model claims them.
#[derive(Clone, Copy)]
struct Reserved {
    recording: bool,
    observation: bool,
}

/// What a line holds.
enum Entry {
    /// How to score the recording.
    Header(Header),
    /// A moment.
    Line(Box<Line>),
}

impl<'r> Reader<'r> {
    /// Reads `input`, called `name` in complaints.
    pub(crate) fn new(name: &str, input: &'r mut dyn BufRead, spec: &Spec) -> Self {
        let claimed = |key: &str| spec.modalities.iter().any(|modality| modality.name == key);
        let names = Reserved { recording: !claimed("recording"), observation: !claimed("observation") };
        Self { name: name.to_owned(), input, line: 0, first: None, names, example: example(spec) }
    }

    /// What the recording is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of the line that was read last.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// A complaint about the line that was read last.
    pub(crate) fn complain(&self, message: impl std::fmt::Display, mend: impl std::fmt::Display) -> Failure {
        Failure::line(&self.name, self.line, message, mend)
    }

    /// How to score the recording, if its first line says so. To be asked before any line is.
    pub(crate) fn header(&mut self) -> Result<Option<Header>, Failure> {
        match self.entry(true)? {
            Some(Entry::Header(header)) => Ok(Some(header)),
            Some(Entry::Line(line)) => {
                self.first = Some(line);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// The next moment.
    pub(crate) fn next(&mut self) -> Result<Option<Box<Line>>, Failure> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        match self.entry(false)? {
            Some(Entry::Line(line)) => Ok(Some(line)),
            Some(Entry::Header(_)) => {
                Err(self.complain("a recording's header below its first line", "put it first, or take it out"))
            }
            None => Ok(None),
        }
    }

    /// What the next line that is not blank holds.
    fn entry(&mut self, first: bool) -> Result<Option<Entry>, Failure> {
        let text = loop {
            match self.text()? {
                None => return Ok(None),
                Some(text) if text.trim().is_empty() => {}
                Some(text) => break text,
            }
        };
        let value: Value = serde_json::from_str(text.trim()).map_err(|error| {
            let example = &self.example;
            let mend =
                format!("write one JSON object a line, such as {example}; text in double quotes, no comma at the end");
            self.complain(format!("not JSON at column {}: {}", error.column(), cause(&error)), mend)
        })?;
        self.refuse_duplicates(text.trim())?;
        self.understood(value, first).map(Some)
    }

    fn sensible(&self, header: Header) -> Result<Header, Failure> {
        match header.tick_seconds {
            Some(seconds) if !(seconds.is_finite() && seconds >= 0.0) => {
                Err(self.complain(format!("{seconds} tick_seconds"), "write how long a line lasts, from 0 up"))
            }
            _ => Ok(header),
        }
    }

    /// Of two equal keys a reader of JSON takes the last in silence.
    fn refuse_duplicates(&self, text: &str) -> Result<(), Failure> {
        match document::duplicate_key(text, &document::Limits::default()) {
            Some(problem) => Err(self.complain(problem.message, problem.mend)),
            None => Ok(()),
        }
    }

    fn understood(&self, value: Value, first: bool) -> Result<Entry, Failure> {
        let Value::Object(mut object) = value else {
            return Err(self.complain("not a JSON object", format!("write an observation as {}", self.example)));
        };
        if self.names.recording && object.contains_key("recording") {
            if !first {
                return Ok(Entry::Header(Header::default()));
            }
            let header = object.remove("recording").unwrap_or_default();
            let header: Header = serde_json::from_value(header).map_err(|error| {
                self.complain(cause(&error), "a header has: about, seed, tick_seconds, down, needless")
            })?;
            return self.sensible(header).map(Entry::Header);
        }
        if !self.names.observation || !object.contains_key("observation") {
            return Ok(Entry::Line(Box::new(Line::bare(object))));
        }
        let line = Line::envelope(Value::Object(object)).map_err(|error| {
            let mend = "an envelope has: observation, by_action, truth, fault, mended_by, mended, seconds";
            self.complain(cause(&error), mend)
        })?;
        match line.seconds {
            Some(seconds) if !(seconds.is_finite() && seconds >= 0.0) => {
                Err(self.complain(format!("{seconds} seconds"), "write how long the moment lasts, from 0 up"))
            }
            _ => Ok(Entry::Line(Box::new(line))),
        }
    }

    fn text(&mut self) -> Result<Option<String>, Failure> {
        let mut bytes = Vec::new();
        let read = self.input.take(LONGEST).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| Failure::unreadable(&self.name, error))?;
        if read == 0 {
            return Ok(None);
        }
        self.line += 1;
        if read as u64 == LONGEST && bytes.last() != Some(&b'\n') {
            return Err(self.complain("longer than a megabyte", "write one observation a line"));
        }
        let text = String::from_utf8(bytes).map_err(|_| self.complain("not UTF-8", "save the file as UTF-8"))?;
        // Some editors start a file with a byte order mark.
        Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
    }
}

/// serde's message without its own line and column: here every line is a document.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(cause, _)| cause.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::example::watchdog;

    fn read(text: &str) -> Result<Vec<Line>, String> {
        let mut input = text.as_bytes();
        let spec = watchdog();
        let mut reader = Reader::new("r.jsonl", &mut input, &spec);
        let mut lines = Vec::new();
        let mut all = || {
            reader.header()?;
            while let Some(line) = reader.next()? {
                lines.push(*line);
            }
            Ok(())
        };
        match all() {
            Ok(()) => Ok(lines),
            Err(Failure::Other(complaint)) => Err(format!("{}: {}", complaint.place.unwrap(), complaint.message)),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn blank_lines_and_a_byte_order_mark_are_passed_over_but_counted() {
        assert_eq!(read("\u{feff}{\"check\": \"ok\"}\r\n\n  \n{\"check\": \"ok\"}").unwrap().len(), 2);
        assert_eq!(read("\n\n[1]\n").unwrap_err(), "r.jsonl:3: not a JSON object");
    }

    #[test]
    fn a_bad_line_is_named_with_its_cause() {
        assert_eq!(read("{}\n{\"check\": ok}").unwrap_err(), "r.jsonl:2: not JSON at column 11: expected value");
        assert!(read(r#"{"observation": {}, "trut": {}}"#).unwrap_err().contains("unknown field `trut`"));
        assert_eq!(read(r#"{"observation": {}, "seconds": -1}"#).unwrap_err(), "r.jsonl:1: -1 seconds");
        assert!(read("{}\n{\"recording\": {}}").unwrap_err().contains("below its first line"));
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let endless = "x".repeat(LONGEST as usize + 1);
        assert_eq!(read(&endless).unwrap_err(), "r.jsonl:1: longer than a megabyte");
    }

    #[test]
    fn a_modality_may_be_called_observation() {
        let mut spec = watchdog();
        spec.modalities[0].name = "observation".to_owned();
        let mut input = r#"{"observation": "ok"}"#.as_bytes();
        let line = Reader::new("r", &mut input, &spec).next().unwrap().unwrap();
        assert!(line.scene.observation.contains_key("observation"));
    }
}
