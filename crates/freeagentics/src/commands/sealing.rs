//! `freeagentics sealing`: secrets at rest, and the key that they lie under.

use axiomcore::sealing::{Sealing, look, rotate};
use clap::Subcommand;
use serde_json::{Value, json};

use super::audit::{Opened, Place, unreadable};
use crate::{
    exit::{Exit, Failure},
    server::sealed,
    terminal::{Format, Terminal},
};

/// Says what is sealed under which key, and seals it anew. A server may go on running meanwhile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open everything that is sealed, and say under which key it is.
    Status(Where),
    /// Seal everything anew under the first key; then the others may go. What was interrupted is taken up by doing it again.
    ///
    /// 1. Give every node the new key as `sealing.key` and the old one in `sealing.previous_keys`, and start them anew.
    /// 2. `freeagentics sealing rotate` with the same settings, until it ends well.
    /// 3. Take the old key out of the settings of all nodes, and destroy it when no backup needs it any more.
    #[command(verbatim_doc_comment)]
    Rotate(Where),
}

#[derive(Debug, clap::Args)]
struct Where {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let (place, anew) = match &args.verb {
        Verb::Status(args) => (&args.place, false),
        Verb::Rotate(args) => (&args.place, true),
    };
    let opened = &place.open()?;
    let found = found(opened, anew);
    opened.database.close();
    let found = found?;
    let is_well = found.iter().all(|(_, _, now)| now.unreadable == 0 && (!anew || now.outdated == 0));
    match format {
        Format::Text => text(&found, terminal)?,
        Format::Json => {
            let listed: Vec<Value> = found.iter().map(document).collect();
            terminal.json(&json!({ "ok": is_well, "sealed": listed }))?;
        }
    }
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

/// Of each column: what lies there, how much of it was sealed anew just now, and how it is now.
type Found = Vec<(&'static str, u64, Sealing)>;

fn found(opened: &Opened, anew: bool) -> Result<Found, Failure> {
    let sealer = opened.sealer()?;
    let of = |column| {
        let renewed = if anew { rotate(&opened.database, &sealer, column)? } else { 0 };
        // Looked at after it was done, from the database: that is the verification.
        Ok((column.what, renewed, look(&opened.database, &sealer, column)?))
    };
    sealed::columns().map(of).collect::<Result<Found, axiomcore::store::Error>>().map_err(unreadable)
}

fn document((what, renewed, now): &(&'static str, u64, Sealing)) -> Value {
    let Sealing { current, outdated, unreadable } = now;
    json!({ "what": what, "sealed_anew": renewed, "current": current, "outdated": outdated, "unreadable": unreadable })
}

fn text(found: &Found, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let paint = terminal.paint;
    for (what, renewed, Sealing { current, outdated, unreadable }) in found {
        let anew = if *renewed > 0 { format!(", {renewed} of them just now") } else { String::new() };
        writeln!(terminal.out, "{what}: {current} under the first key{anew}")?;
        if *outdated > 0 {
            writeln!(terminal.out, "  {outdated} under a previous key: `freeagentics sealing rotate`")?;
        }
        if *unreadable > 0 {
            let alarm = paint.alarm("under no key that was given, or damaged");
            writeln!(terminal.out, "  {unreadable} {alarm}")?;
        }
    }
    Ok(())
}
