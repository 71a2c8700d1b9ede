//! `freeagentics models` without a verb: the models that are built in.

use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    models::{SHIPPED, Shipped},
    tables::{Align, Table},
    terminal::{Format, Terminal},
};

pub(super) fn run(name: Option<&str>, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    if let Some(name) = name {
        let shipped = Shipped::find(name)?;
        match format {
            Format::Text => terminal.out.write_all(shipped.document.as_bytes())?,
            Format::Json => terminal.json(&json!({ "name": shipped.name, "document": shipped.document }))?,
        }
        return Ok(Exit::Done);
    }
    match format {
        Format::Text => list(terminal)?,
        Format::Json => {
            let each = SHIPPED.iter().map(|shipped| json!({ "name": shipped.name, "about": shipped.about() }));
            terminal.json(&json!({ "models": each.collect::<Vec<_>>() }))?;
        }
    }
    Ok(Exit::Done)
}

fn list(terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
    for shipped in SHIPPED {
        table.row([shipped.name, &shipped.about()]);
    }
    table.write(terminal.out, "")?;
    let hint =
        "\nTry one: freeagentics explain watchdog. Start your own from one: freeagentics models watchdog > mine.yaml";
    writeln!(terminal.out, "{}", terminal.paint.faint(hint))
}
