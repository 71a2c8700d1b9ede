//! The picture of a secret (QR code), as a terminal can show it: two rows of cells in a line of text.

use std::io;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::terminal::{Paint, Terminal};

/// Cells without anything around the picture.
const MARGIN: usize = 2;

/// Shows the picture of an answer, where somebody looks at it and it has room.
pub(super) fn show(answer: &Value, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let rows = answer.get("picture").and_then(Value::as_array).into_iter().flatten();
    let rows: Vec<&str> = rows.filter_map(Value::as_str).collect();
    let has_room = terminal.width.is_none_or(|width| rows.len() + 2 * MARGIN <= width);
    if rows.is_empty() || !terminal.interactive || !has_room {
        return Ok(());
    }
    for line in lines(&rows, terminal.paint) {
        writeln!(terminal.out, "{line}")?;
    }
    Ok(())
}

/// The lines of a picture. With colours it is black on white whatever the terminal is; without, what is light is drawn, as most
/// terminals are dark, and a phone reads the other way round as well.
fn lines(rows: &[&str], paint: Paint) -> Vec<String> {
    let is_inked = |x: usize, y: usize| {
        let cell =
            y.checked_sub(MARGIN).zip(x.checked_sub(MARGIN)).and_then(|(y, x)| rows.get(y)?.as_bytes().get(x).copied());
        (cell == Some(b'#')) == (paint == Paint::Ansi)
    };
    let size = rows.len() + 2 * MARGIN;
    let line = |y: usize| -> String {
        let cell = |x| match (is_inked(x, y), y + 1 < size && is_inked(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..size).map(cell).collect()
    };
    let style = Style::new().fg_color(Some(AnsiColor::Black.into())).bg_color(Some(AnsiColor::BrightWhite.into()));
    let painted = |text: String| if paint == Paint::Ansi { format!("{style}{text}{style:#}") } else { text };
    (0..size).step_by(2).map(line).map(painted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_of_cells_stand_in_a_line_and_a_margin_around() {
        let picture = ["#.#", "##.", "..#"];
        let plain = lines(&picture, Paint::Plain);
        assert_eq!(plain, ["███████", "██ ▀▄██", "████▄██", "▀▀▀▀▀▀▀"]);
        let inked = lines(&picture, Paint::Ansi);
        assert!(inked[1].contains("  █▄▀  "), "{inked:?}");
        assert!(
            inked.iter().all(|line| line.starts_with("\u{1b}[30m\u{1b}[107m") && line.ends_with("\u{1b}[0m")),
            "{inked:?}"
        );
    }
}
