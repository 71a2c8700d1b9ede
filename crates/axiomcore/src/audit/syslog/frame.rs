//! A message, as RFC 5424 writes it.

use super::Protocol;
use crate::audit::chain::Link;
use crate::audit::export::{ExportFormat, Product};

/// Facility 13 (log audit), severity 6 (informational).
const PRIORITY: u8 = 13 * 8 + 6;

/// What fits into a datagram, with room for the headers below it.
pub(super) const DATAGRAM: usize = 65_000;

/// The message of an entry. On a stream its length stands before it (RFC 6587), so that a line end in it ends nothing; what
/// is too long for a datagram is cut there.
pub(super) fn frame(
    link: &Link,
    format: ExportFormat,
    product: Product,
    protocol: Protocol,
) -> serde_json::Result<Vec<u8>> {
    let line = format.line(link, product)?;
    let name: String = product.name.chars().filter(char::is_ascii_graphic).take(48).collect();
    let (at, text) = (link.at, line.trim_end());
    let mut message = format!("<{PRIORITY}>1 {at} - {name} - audit - {text}");
    if protocol == Protocol::Udp {
        message.truncate(message.floor_char_boundary(DATAGRAM));
        return Ok(message.into_bytes());
    }
    Ok(format!("{} {message}", message.len()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::{BEGINNING, Content};
    use crate::clock::Timestamp;

    fn link(subject: &str) -> Link {
        let (principal, detail) = ("ann".to_owned(), "{}".to_owned());
        let content = Content { principal, subject: subject.into(), detail, salt: [0; 16] };
        let (at, action, content) = (Timestamp(0), "note.create".to_owned(), Some(content));
        Link { workspace: 1, seq: 7, at, action, content, commitment: BEGINNING, hash: BEGINNING }
    }

    const PRODUCT: Product = Product { name: "kettle shop", version: "1" };

    #[test]
    fn a_message_on_a_stream_begins_with_its_length_in_bytes() {
        let framed = frame(&link("a\u{fc}\nb"), ExportFormat::Cef, PRODUCT, Protocol::Tcp).unwrap();
        let text = String::from_utf8(framed).unwrap();
        let (length, message) = text.split_once(' ').unwrap();
        assert_eq!(length.parse(), Ok(message.len()));
        assert!(message.starts_with("<110>1 1970-01-01T00:00:00.000Z - kettleshop - audit - CEF:0|"), "{message}");
        assert_eq!(message.lines().count(), 1);
    }

    #[test]
    fn a_datagram_holds_no_more_than_it_can() {
        let long = "\u{fc}".repeat(50_000);
        let framed = frame(&link(&long), ExportFormat::Ocsf, PRODUCT, Protocol::Udp).unwrap();
        assert!(framed.len() <= DATAGRAM && String::from_utf8(framed).is_ok());
    }
}
