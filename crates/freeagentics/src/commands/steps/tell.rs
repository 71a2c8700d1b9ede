//! What came of the items of a batch, told.

use std::io;

use serde_json::{Map, Value};

use crate::{
    commands::{decision, run::Explain},
    exit::{Exit, Failure},
    problems,
    terminal::{Format, Terminal, harmless},
};

/// One item of a batch.
pub(super) fn item(
    item: &Value,
    place: &str,
    explain: Explain,
    format: Format,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let refused = item.get("problem").and_then(Value::as_object);
    match (format, refused) {
        (Format::Json, _) => terminal.json(item)?,
        (Format::Text, None) => decision::tell(item.get("result").unwrap_or(&Value::Null), explain, terminal)?,
        (Format::Text, Some(problem)) => complain(problem, place, terminal)?,
    }
    Ok(if refused.is_some() { Exit::Refused } else { Exit::Done })
}

fn complain(problem: &Map<String, Value>, place: &str, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let text = |name| problem.get(name).and_then(Value::as_str);
    let what = text("detail").or_else(|| text("title")).unwrap_or("the server refused it");
    let paint = terminal.err_paint;
    // What was answered before it is seen before it.
    terminal.out.flush()?;
    writeln!(terminal.err, "{} {}: {}", paint.alarm("error:"), harmless(place), harmless(what))?;
    if let Some(mend) = text("mend") {
        writeln!(terminal.err, " {} {}", paint.faint("mend:"), harmless(mend))?;
    }
    write!(terminal.err, "{}", problems::told(problem, what, paint))
}
