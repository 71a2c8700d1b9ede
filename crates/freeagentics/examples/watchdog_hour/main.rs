//! Writes recordings of a watched service: what a check every five seconds and a deep probe would have shown.
//!
//! `cargo run --example watchdog_hour -- --seed 4 > models/watchdog-hour.jsonl`
//!
//! A recording answers for each tick what would be seen with the fault and with the fault mended, so that an agent and
//! a rule are judged on the very same faults and the very same luck. Options: `--mix` (ordinary, hangs, flaky,
//! breakages, misleading), `--hours` (1), `--seed` (1). The format is described in `docs/recordings.md`.

mod faults;
mod random;
mod service;

use faults::{Fault, MIXES, Mix, Truth};
use random::Random;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::io::{self, BufWriter, Write};

const TICKS_PER_HOUR: u64 = 720;

struct Wanted {
    seed: u64,
    hours: u64,
    mix: &'static Mix,
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = wanted(std::env::args().skip(1))?;
    let mut out = BufWriter::new(io::stdout().lock());
    write_recording(&wanted, &mut out)?;
    Ok(out.flush()?)
}

fn wanted(mut args: impl Iterator<Item = String>) -> Result<Wanted, Box<dyn Error>> {
    let mut wanted = Wanted { seed: 1, hours: 1, mix: &MIXES[0] };
    while let Some(flag) = args.next() {
        let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--seed" => wanted.seed = value.parse()?,
            "--hours" => wanted.hours = value.parse()?,
            "--mix" => wanted.mix = MIXES.iter().find(|mix| mix.name == value).ok_or("no such mix")?,
            _ => return Err(format!("{flag}: the options are --seed, --hours and --mix").into()),
        }
    }
    Ok(wanted)
}

fn write_recording(wanted: &Wanted, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut random = Random::new(wanted.seed);
    let ticks = wanted.hours * TICKS_PER_HOUR;
    let faults = faults::schedule(wanted.mix, ticks, &mut random);
    writeln!(out, "{}", header(wanted))?;
    let mut ahead = faults.iter().peekable();
    for now in 0..ticks {
        ahead.next_if(|fault| fault.last < now);
        let fault = ahead.peek().filter(|fault| fault.first <= now);
        writeln!(out, "{}", line(fault.copied(), &mut random))?;
    }
    Ok(())
}

fn header(wanted: &Wanted) -> Value {
    let Wanted { seed, hours, mix } = wanted;
    let about = format!("a simulated service, checked every five seconds for {hours} h: {}", mix.about);
    json!({"recording": {
        "about": about,
        "made_by": format!("cargo run --example watchdog_hour -- --mix {} --hours {hours} --seed {seed}", mix.name),
        "seed": seed,
        "tick_seconds": 5,
        "down": {"service": ["hung", "broken"]},
        "needless": {
            "restart": {"service": ["healthy", "blip"]},
            "page": {"service": ["healthy", "blip", "overloaded"]},
        },
    }})
}

/// One tick. Both looks are drawn for every tick of a fault that can be mended, whichever will be shown.
fn line(fault: Option<&Fault>, random: &mut Random) -> Value {
    let truth = fault.map_or(Truth::Healthy, |fault| fault.truth);
    let mut line = shown(truth, random);
    if let Some(fault) = fault {
        line.insert("fault".into(), json!(fault.id));
        let mended_by: Map<String, Value> =
            truth.mended_by().iter().map(|(action, ticks)| ((*action).into(), json!(ticks))).collect();
        if !mended_by.is_empty() {
            line.insert("mended_by".into(), mended_by.into());
            line.insert("mended".into(), shown(Truth::Healthy, random).into());
        }
    }
    line.into()
}

fn shown(truth: Truth, random: &mut Random) -> Map<String, Value> {
    let look = service::look(truth, random);
    Map::from_iter([
        ("observation".into(), json!({"check": look.check_ms})),
        ("by_action".into(), json!({"probe": {"deep_probe": look.deep_probe}})),
        ("truth".into(), json!({"service": truth.name()})),
    ])
}
