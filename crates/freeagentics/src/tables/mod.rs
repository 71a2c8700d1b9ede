//! Tables of text, aligned by columns.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under a heading.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub(crate) fn new<'a>(columns: impl IntoIterator<Item = (&'a str, Align)>) -> Self {
        let columns = columns.into_iter().map(|(name, align)| (name.to_owned(), align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row; cells without a column are dropped, missing ones are blank.
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Writes it, each line after `indent`. A table whose headings are all blank has no heading line.
    pub(crate) fn write(&self, out: &mut dyn Write, indent: &str) -> io::Result<()> {
        let heading: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let widths = self.widths(&heading);
        if heading.iter().any(|name| !name.is_empty()) {
            writeln!(out, "{indent}{}", self.line(&heading, &widths))?;
        }
        for row in &self.rows {
            writeln!(out, "{indent}{}", self.line(row, &widths))?;
        }
        Ok(())
    }

    fn widths(&self, heading: &[String]) -> Vec<usize> {
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(column)).chain(heading.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        (0..self.columns.len()).map(widest).collect()
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (column, ((_, align), &width)) in self.columns.iter().zip(widths).enumerate() {
            let cell = cells.get(column).map_or("", String::as_str);
            let gap = if column == 0 { "" } else { "  " };
            // Writing into a string cannot fail.
            let _infallible = match align {
                Align::Left => write!(line, "{gap}{cell:<width$}"),
                Align::Right => write!(line, "{gap}{cell:>width$}"),
            };
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(table: &Table) -> String {
        let mut out = Vec::new();
        table.write(&mut out, "  ").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_line_up_by_characters_and_no_line_ends_in_blanks() {
        let mut table = Table::new([("who", Align::Left), ("cost", Align::Right)]);
        table.row(["agent é", "3"]);
        table.row(["rule", "131.6"]);
        assert_eq!(text(&table), "  who       cost\n  agent é      3\n  rule     131.6\n");
    }

    #[test]
    fn a_short_row_is_filled_and_a_table_without_headings_has_none() {
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        table.row(["only"]);
        assert_eq!(text(&table), "  only\n");
    }
}
