//! `freeagentics run MODEL`: observations in, decisions out.

mod answer;
mod converse;
mod prompt;
mod replay;
mod step;
mod tables;
mod teller;
mod way;

use std::{fs::File, io::BufReader};

use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    models::{Loaded, RECORDINGS, read},
    recording::{Contestant, Judge, Reader, example, scoreboard, scoreboard_json},
    rules::{self, Rule},
    terminal::{Format, Terminal},
};

use replay::Replay;
use teller::Show;

/// Decides on observations from files, from a pipe, or typed by hand.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line is a JSON object with a value for each modality that brought something, such as
  {\"check\": \"fail\"}      or, where the model has bins,      {\"check\": 5000}
  {\"check\": null, \"executed\": \"restart\", \"elapsed\": 3}     what was really done before, and ticks since then
  {\"check\": {\"ok\": 0.3, \"fail\": 0.7}}                      odds instead of a certainty
A line may also be an envelope with the truth, so that decisions can be scored; see docs/recordings.md.")]
pub(crate) struct Args {
    /// A model document (YAML or JSON), or the name of a built-in model.
    #[arg(value_name = "MODEL")]
    model: String,
    /// A file of observations, one JSON object a line; `-` for standard input; or `watchdog-hour`, which is built in.
    /// May be given several times: each is an episode of its own. Without it, and at a terminal, you are asked.
    #[arg(long, value_name = "FILE")]
    observations: Vec<String>,
    /// Seed of the agent's draws, for models that choose by chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much is told of each decision.
    #[arg(long, value_enum, default_value_t)]
    explain: Explain,
    /// Stop after so many lines of each file.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Tell only the summary at the end.
    #[arg(long)]
    quiet: bool,
    /// A rule to run side by side, such as 'check=fail x3 -> restart'; clauses are parted by commas, and the longest
    /// run speaks loudest. May be given several times.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
}

/// How much is told of each decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Explain {
    /// Only what is done.
    None,
    /// The odds and the reason, in a sentence.
    #[default]
    Summary,
    /// Also tables of odds, actions and plans.
    Full,
}

impl Explain {
    /// As it is written on the command line and in the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Summary => "summary",
            Self::Full => "full",
        }
    }
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let loaded = read(&args.model, terminal)?;
    let idle = rules::idle(&loaded.document.spec, loaded.engine.options().idle.as_deref());
    let parsed = args.rules.iter().map(|text| {
        let rule = Rule::parse(text, &loaded.document.spec, idle.clone());
        rule.map_err(|wrong| Failure::usage("bad_rule", format!("rule `{text}`: {}", wrong.message), wrong.mend))
    });
    let rules: Vec<Rule> = parsed.collect::<Result<_, _>>()?;
    if args.observations.is_empty() && terminal.interactive && format == Format::Text {
        return converse::converse(&loaded, args.seed, args.explain, &rules, terminal);
    }
    let sources = if args.observations.is_empty() { vec!["-".to_owned()] } else { args.observations.clone() };
    let show = Show { format, explain: args.explain, quiet: args.quiet, several: sources.len() > 1 };
    let mut summary = Summary::new(&rules);
    for source in &sources {
        let replay = Replay { loaded: &loaded, rules: &rules, seed: args.seed, limit: args.limit, show };
        summary.take(one(&replay, source, terminal)?);
    }
    summary.tell(&loaded, format, terminal)?;
    Ok(Exit::Done)
}

/// Replays one source.
fn one(replay: &Replay<'_>, source: &str, terminal: &mut Terminal<'_>) -> Result<replay::Outcome, Failure> {
    let spec = &replay.loaded.document.spec;
    if source == "-" {
        // Standard input is read and written at once: whoever feeds it may wait for each answer.
        let mut nothing = std::io::empty();
        let (input, mut rest) = terminal.halves(&mut nothing);
        return replay.play(&mut Reader::new("-", input, spec), &mut rest, true);
    }
    if let Ok(file) = File::open(source) {
        return replay.play(&mut Reader::new(source, &mut BufReader::new(file), spec), terminal, false);
    }
    if let Some((_, recording)) = RECORDINGS.iter().find(|(name, _)| *name == source) {
        return replay.play(&mut Reader::new(source, &mut recording.as_bytes(), spec), terminal, false);
    }
    // Once more, for the reason.
    File::open(source).map_err(|error| Failure::unreadable(source, error)).map(|_| replay::Outcome::default())
}

/// What all sources together came to.
struct Summary {
    contestants: Vec<Contestant>,
    down: bool,
    about: Vec<String>,
    notes: Vec<String>,
}

impl Summary {
    fn new(rules: &[Rule]) -> Self {
        let names = std::iter::once("agent".to_owned()).chain(rules.iter().map(|rule| rule.text.clone()));
        let contestants = names.map(|name| Contestant { name, tallies: Vec::new() }).collect();
        Self { contestants, down: false, about: Vec::new(), notes: Vec::new() }
    }

    fn take(&mut self, outcome: replay::Outcome) {
        for (contestant, tally) in self.contestants.iter_mut().zip(outcome.tallies) {
            contestant.tallies.push(tally);
        }
        self.down |= outcome.judges_down;
        self.about.extend(outcome.about.filter(|about| !self.about.contains(about)));
        self.notes.extend(outcome.notes);
    }

    fn tell(&self, loaded: &Loaded, format: Format, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
        let spec = &loaded.document.spec;
        if format == Format::Json {
            let board = scoreboard_json(spec, &self.contestants, self.down);
            return terminal.json(&json!({ "summary": { "about": self.about, "scores": board, "notes": self.notes } }));
        }
        let steps: usize =
            self.contestants.iter().take(1).flat_map(|agent| &agent.tallies).map(|tally| tally.steps).sum();
        if steps == 0 {
            let example = example(spec);
            return writeln!(terminal.out, "no observations; write one JSON object a line, such as {example}");
        }
        if spec.controls.is_empty() && self.contestants.len() == 1 && !self.down {
            return Ok(());
        }
        let title = format!("After {}", crate::explain::amounts::count(steps, "step"));
        writeln!(terminal.out, "{}", terminal.paint.strong(&title))?;
        for about in &self.about {
            writeln!(terminal.out, "  {}", crate::terminal::harmless(about))?;
        }
        scoreboard(terminal.out, spec, &self.contestants, self.down)?;
        self.notes.iter().try_for_each(|note| writeln!(terminal.out, "  note: {note}"))
    }
}

/// What the recording's header names and the model lacks.
fn strangers(judge: &Judge<'_>) -> Vec<String> {
    let note = |name| format!("the recording says when `{name}` is needless, which the model cannot do");
    let down = |state| format!("the recording counts `{state}` as down, which is no state of the model");
    let notes = judge.strangers().into_iter().map(note).chain(judge.unknown_down().into_iter().map(down));
    notes.map(|note| crate::terminal::harmless(&note).to_string()).collect()
}
