//! A stream of server-sent events, resumed where it broke off.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use super::exchange::{broken, refusal};
use super::{Call, Client, Trouble};

/// How long a stream may be silent: the server says something every 15 seconds.
pub(super) const SILENCE: Duration = Duration::from_secs(45);
/// The longest line of a stream that is still believed.
const LONGEST_LINE: u64 = 16 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// The place in the stream to go on from.
    pub(crate) id: Option<String>,
    /// What kind of event it is.
    pub(crate) kind: String,
    /// The data, as text.
    pub(crate) data: String,
}

/// The events of one connection.
pub(crate) struct Events(Box<dyn BufRead>);

impl Client {
    /// Opens a stream, from after the event `last` if there is one.
    pub(crate) fn follow(&self, call: &Call, last: Option<&str>) -> Result<Events, Trouble> {
        let mut call = call.clone().header("Accept", "text/event-stream".to_owned());
        if let Some(last) = last {
            call = call.header("Last-Event-ID", last.to_owned());
        }
        let (status, headers, mut body) = self.exchange(&call, None)?;
        if status == 200 {
            return Ok(Events(Box::new(BufReader::new(body.into_reader()))));
        }
        let bytes = body.read_to_vec().map_err(broken)?;
        Err(refusal(status, &headers, &bytes))
    }
}

impl Iterator for Events {
    type Item = Result<Event, Trouble>;

    /// The next event; none when the server has ended the stream.
    fn next(&mut self) -> Option<Self::Item> {
        let mut event = Event::default();
        let mut lines: Vec<String> = Vec::new();
        loop {
            let mut line = Vec::new();
            let read = std::io::Read::take(&mut self.0, LONGEST_LINE).read_until(b'\n', &mut line);
            match read {
                Err(error) => return Some(Err(Trouble::Broken(error.to_string()))),
                // An event that was not finished by an empty line is none.
                Ok(0) => return None,
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                if lines.is_empty() {
                    event = Event::default();
                    continue;
                }
                event.data = lines.join("\n");
                return Some(Ok(event));
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => event.id = Some(value.to_owned()),
                "event" => value.clone_into(&mut event.kind),
                "data" => lines.push(value.to_owned()),
                // Comments keep the connection alive; other fields are for browsers.
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Vec<Event> {
        Events(Box::new(text.as_bytes())).map(Result::unwrap).collect()
    }

    #[test]
    fn events_are_read_with_comments_between_them_and_data_over_several_lines() {
        let stream =
            ": hello\n\nid: 7\nevent: step\ndata: {\"a\":\ndata: 1}\n\n:\n\nid:8\r\nevent:reset\r\ndata:x\r\n\r\n";
        let event = |id: &str, kind: &str, data: &str| Event {
            id: Some(id.to_owned()),
            kind: kind.to_owned(),
            data: data.to_owned(),
        };
        assert_eq!(read(stream), [event("7", "step", "{\"a\":\n1}"), event("8", "reset", "x")]);
    }

    #[test]
    fn an_event_that_breaks_off_is_not_reported() {
        assert_eq!(read("id: 7\nevent: step\ndata: {}\n"), []);
    }
}
