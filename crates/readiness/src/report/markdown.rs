//! Markdown, as repository hosts show it. Whatever a program said stays text.

use std::fmt::Write;

use super::document::{Block, Document, Line, Span};

pub(super) fn render(document: &Document) -> String {
    let mut page = format!("# {}\n", escape(&document.title));
    for block in &document.blocks {
        page.push('\n');
        page.push_str(&self::block(block));
    }
    page
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, words) => format!("{} {}\n", "#".repeat((*level).into()), escape(words)),
        Block::Paragraph(spans) => line(spans) + "\n",
        Block::List(items) => items.iter().fold(String::new(), |list, item| list + "- " + &line(item) + "\n"),
        Block::Checklist(items) => items.iter().fold(String::new(), |list, item| list + "- [ ] " + &line(item) + "\n"),
        Block::Table { headings, rows } => table(headings, rows),
        Block::Output(lines) => {
            // A fence longer than any run of backticks in it.
            let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
            let fence = "`".repeat((longest + 1).max(3));
            lines.iter().fold(format!("{fence}text\n"), |output, line| output + line + "\n") + &fence + "\n"
        }
    }
}

fn table(headings: &[&str], rows: &[Vec<Line>]) -> String {
    let mut table = format!("| {} |\n|{}\n", headings.join(" | "), "---|".repeat(headings.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| spans(cell, true)).collect();
        let _infallible = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

fn line(line: &[Span]) -> String {
    spans(line, false).trim_end().to_owned()
}

fn spans(spans: &[Span], in_table: bool) -> String {
    spans.iter().map(|it| span(it, in_table)).collect()
}

fn span(span: &Span, in_table: bool) -> String {
    match span {
        Span::Text(words) => escape(words),
        Span::Strong(words) => format!("**{}**", escape(words)),
        // A bar would end a table's cell even within code.
        Span::Code(words) if in_table => code(&words.replace('|', r"\|")),
        Span::Code(words) => code(words),
        Span::Link(words) => format!("[{}](#{})", escape(words), words.to_lowercase()),
        Span::Status(_, words) => format!("**{}**", escape(words)),
        Span::Meter(percent) => format!("{percent} %"),
        Span::Break => "<br>".into(),
    }
}

/// Between more backticks than it has in a row.
fn code(words: &str) -> String {
    let ticks = "`".repeat(longest_run(words) + 1);
    let blank = if words.starts_with('`') || words.ends_with('`') { " " } else { "" };
    format!("{ticks}{blank}{words}{blank}{ticks}")
}

fn longest_run(words: &str) -> usize {
    words.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Text in which nothing is a sign of Markdown or HTML.
fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    let mut before = ' ';
    let mut characters = words.chars().peekable();
    while let Some(character) = characters.next() {
        let is_within_a_word = before.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric());
        match character {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' => escaped.push(' '),
            '_' if is_within_a_word => escaped.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
        before = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{code, text};

    #[test]
    fn what_a_program_said_cannot_break_out_of_its_place() {
        let hostile = "a|b `tick` <script> [x](y) *z*";
        let rows = vec![vec![vec![text(hostile)], vec![code(hostile)]]];
        let table = block(&Block::Table { headings: vec!["a", "b"], rows });
        let row = table.lines().last().unwrap();
        assert_eq!(row, r"| a\|b \`tick\` &lt;script> \[x\](y) \*z\* | ``a\|b `tick` <script> [x](y) *z*`` |");
        let output = block(&Block::Output(vec!["```".into(), "# no heading".into()]));
        assert!(output.starts_with("````text\n") && output.ends_with("\n````\n"), "{output}");
    }
}
