//! A document that can be written as Markdown and as HTML.

use crate::judgement::Status;

/// A page.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub(super) enum Block {
    /// From level 2 on; the title is level 1.
    Heading(u8, String),
    Paragraph(Line),
    List(Vec<Line>),
    /// To be ticked by a person.
    Checklist(Vec<Line>),
    Table {
        headings: Vec<&'static str>,
        rows: Vec<Vec<Line>>,
    },
    /// What a program said.
    Output(Vec<String>),
}

/// Spans of text.
pub(super) type Line = Vec<Span>;

#[derive(Clone, Debug)]
pub(super) enum Span {
    Text(String),
    Code(String),
    Strong(String),
    /// A text that leads to the heading of that name.
    Link(String),
    Status(Status, String),
    /// Percent.
    Meter(u32),
    /// Within a cell or an item, a new line.
    Break,
}

pub(super) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

pub(super) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

/// A line of prose, in which backticks stand around code.
pub(super) fn prose(words: impl AsRef<str>) -> Line {
    let pieces: Vec<&str> = words.as_ref().split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return vec![text(words.as_ref())];
    }
    let span = |(at, piece): (usize, &str)| if at.is_multiple_of(2) { text(piece) } else { code(piece) };
    pieces.into_iter().enumerate().filter(|(_, piece)| !piece.is_empty()).map(span).collect()
}
