//! HTML: one page with its own style, no script, and nothing from elsewhere. It forbids itself anything more.

use super::document::{Block, Document, Line, Span};

const STYLE: &str = include_str!("style.css");
/// Of the style, so that the page's policy can allow it and nothing else.
const STYLE_HASH: &str = "sha256-7ir9Ihg7hXsPDowF7hbkvxgActolrZTHyQEHa/blkeE=";

pub(super) fn render(document: &Document) -> String {
    let (title, body) = (escape(&document.title), document.blocks.iter().map(block).collect::<String>());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, words) => {
            format!("<h{level} id=\"{}\">{}</h{level}>\n", anchor(words), escape(words))
        }
        Block::Paragraph(spans) => format!("<p>{}</p>\n", line(spans)),
        Block::List(items) => format!("<ul>\n{}</ul>\n", list(items, "")),
        Block::Checklist(items) => {
            format!("<ul class=\"checklist\">\n{}</ul>\n", list(items, "<input type=\"checkbox\"> "))
        }
        Block::Table { headings, rows } => table(headings, rows),
        Block::Output(lines) => format!("<pre>{}</pre>\n", escape(&lines.join("\n"))),
    }
}

fn list(items: &[Line], before: &str) -> String {
    items.iter().map(|item| format!("<li>{before}{}</li>\n", line(item))).collect()
}

fn table(headings: &[&str], rows: &[Vec<Line>]) -> String {
    let headings: String =
        headings.iter().map(|heading| format!("<th scope=\"col\">{}</th>", escape(heading))).collect();
    let row = |row: &Vec<Line>| {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", line(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

fn line(spans: &[Span]) -> String {
    spans.iter().map(span).collect()
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(words) => escape(words),
        Span::Strong(words) => format!("<strong>{}</strong>", escape(words)),
        Span::Code(words) => format!("<code>{}</code>", escape(words)),
        Span::Link(words) => format!("<a href=\"#{}\">{}</a>", anchor(words), escape(words)),
        Span::Status(status, words) => {
            format!("<strong class=\"{}\">{}</strong>", anchor(status.name()), escape(words))
        }
        Span::Meter(percent) => {
            format!(
                "<meter min=\"0\" max=\"100\" low=\"40\" high=\"80\" optimum=\"100\" value=\"{percent}\">{percent} %</meter> {percent} %"
            )
        }
        Span::Break => "<br>".into(),
    }
}

fn anchor(words: &str) -> String {
    let words = words.to_lowercase().replace(' ', "-");
    words.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
}

fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::text;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_page_allows_its_own_style_and_nothing_else() {
        let digest = Sha256::digest(STYLE.as_bytes());
        assert_eq!(STYLE_HASH, format!("sha256-{}", base64(&digest)), "the style has changed: write its hash anew");
    }

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let quads = bytes.chunks(3).map(|chunk| {
            let bits = chunk.iter().chain([&0; 3]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
            let digit = |at: usize| if at <= chunk.len() { DIGITS[bits >> (18 - 6 * at) & 63].into() } else { '=' };
            [digit(0), digit(1), digit(2), digit(3)].iter().collect::<String>()
        });
        quads.collect()
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        assert_eq!(["f", "fo", "foo", "foob"].map(|it| base64(it.as_bytes())), ["Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }

    #[test]
    fn what_a_program_said_is_no_markup() {
        let hostile = "<script>alert(1)</script> & \"quoted\"";
        let blocks = vec![Block::Paragraph(vec![text(hostile)]), Block::Output(vec![hostile.into()])];
        let page = render(&Document { title: hostile.into(), blocks });
        assert!(
            !page.contains("<script")
                && page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;")
        );
    }
}
