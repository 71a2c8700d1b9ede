//! `freeagentics agents watch`.

use std::io;
use std::time::Duration;

use clap::ArgGroup;
use serde_json::Value;

use super::selectors;
use crate::{
    client::{Call, Client, Event, segment},
    commands::written::pair,
    exit::{Exit, Failure},
    explain::answered,
    terminal::{Format, Terminal, harmless},
};

/// Follows decisions as they are made.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("whom").args(["id", "labels"]).required(true))]
pub(crate) struct Args {
    /// The agent.
    #[arg(value_name = "AGENT")]
    id: Option<String>,
    /// All agents with this label. May be given several times: all must hold.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// Begin after this place in the stream; without it, now.
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
    /// Stop after so many events.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// The first pause before connecting again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

pub(super) fn run(args: &Args, client: &Client, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let call = match &args.id {
        Some(id) => Call::get(format!("/agents/{}/events", segment(id))),
        None => Call::get("/events").queries("label", &selectors(&args.labels)),
    };
    let mut last = args.after.map(|after| after.to_string());
    let (mut seen, mut pause) = (0, PAUSES.0);
    let (mut is_first, enough) = (true, |seen| args.limit.is_some_and(|limit| seen >= limit));
    while !enough(seen) {
        match client.follow(&call, last.as_deref()) {
            Ok(events) => {
                is_first = false;
                for event in events {
                    let Ok(event) = event else { break };
                    tell(&event, format, terminal)?;
                    // Whoever is told something can be told the rest: the server is well again.
                    (last, pause) = (event.id.or(last), PAUSES.0);
                    seen += usize::from(event.kind != "gap");
                    if enough(seen) {
                        return Ok(Exit::Done);
                    }
                }
            }
            // At the start there may be a mistake to mend; later the server may just be starting again.
            Err(trouble) if is_first || !trouble.passes() => return Err(trouble.into_failure(client.base())),
            Err(_) => {}
        }
        writeln!(terminal.err, "the stream ended; connecting again in {:.1} s", pause.as_secs_f64())?;
        std::thread::sleep(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
    Ok(Exit::Done)
}

fn tell(event: &Event, format: Format, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let data: Value = serde_json::from_str(&event.data).unwrap_or(Value::Null);
    if format == Format::Json {
        let mut told = data;
        if let Value::Object(members) = &mut told {
            members.insert("event".to_owned(), Value::from(event.kind.as_str()));
        }
        terminal.json(&told)?;
        return terminal.out.flush();
    }
    let text = |name| data.get(name).and_then(Value::as_str).unwrap_or_default();
    // Hours, minutes and seconds of an RFC 3339 time.
    let time = text("recorded_at").get(11..19).unwrap_or_default();
    let agent = harmless(text("agent")).into_owned();
    let number = |name| data.get(name).and_then(Value::as_u64).unwrap_or_default();
    let what = match event.kind.as_str() {
        "step" => {
            let action = data.get("action").and_then(answered::action);
            let done = action.map(|action| format!("  →  {}", terminal.paint.strong(&harmless(&action))));
            let odds = data.get("beliefs").and_then(answered::beliefs).unwrap_or_default();
            format!("step {}{}  {}", number("step"), done.unwrap_or_default(), terminal.paint.faint(&harmless(&odds)))
        }
        "reset" => format!("begins episode {}", number("episode")),
        "gap" => "(some events were missed here)".to_owned(),
        kind => harmless(kind).into_owned(),
    };
    writeln!(terminal.out, "{time}  {agent}  {what}")?;
    terminal.out.flush()
}
