//! `freeagentics explain MODEL`: a model in plain words.

use std::io;

use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    explain::{
        portrait::{Detail, Section, portrait},
        reach::{Told, survey, tell},
    },
    models::{Loaded, read},
    terminal::{Format, Terminal, harmless},
};

/// Tells what a model says and what its agent would do.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A model document (YAML or JSON), or the name of a built-in model.
    #[arg(value_name = "MODEL")]
    model: String,
    /// Say every line of large tables.
    #[arg(long)]
    all: bool,
    /// Leave out when which action is chosen (it is found by trying many beliefs, which takes a moment).
    #[arg(long)]
    brief: bool,
    /// Seed of the beliefs that are tried at random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let loaded = read(&args.model, terminal)?;
    let detail = if args.all { Detail::All } else { Detail::Some };
    let sections = portrait(&loaded.engine, detail);
    let survey = if args.brief { None } else { survey(&loaded.engine, args.seed) };
    let told = survey.as_ref().map(|survey| tell(&loaded.engine, survey));
    match format {
        Format::Text => {
            headline(terminal, &loaded)?;
            sections.iter().try_for_each(|section| print(terminal, section))?;
            if let (Some(told), Some(survey)) = (&told, &survey) {
                actions(terminal, told, survey.tried)?;
            }
        }
        Format::Json => terminal.json(&json!({
            "name": loaded.document.name,
            "description": loaded.document.description,
            "sections": sections,
            "actions": told,
            "beliefs_tried": survey.map(|survey| survey.tried),
        }))?,
    }
    Ok(Exit::Done)
}

fn headline(terminal: &mut Terminal<'_>, loaded: &Loaded) -> io::Result<()> {
    writeln!(terminal.out, "{}", terminal.paint.strong(&loaded.document.name))?;
    match &loaded.document.description {
        Some(description) => writeln!(terminal.out, "{}", harmless(description.trim_end())),
        None => Ok(()),
    }
}

fn print(terminal: &mut Terminal<'_>, section: &Section) -> io::Result<()> {
    writeln!(terminal.out, "\n{}", terminal.paint.strong(section.title))?;
    for line in &section.lines {
        writeln!(terminal.out, "{}{}", "  ".repeat(line.depth + 1), line.text)?;
    }
    Ok(())
}

fn actions(terminal: &mut Terminal<'_>, told: &[Told], tried: usize) -> io::Result<()> {
    writeln!(terminal.out, "\n{}", terminal.paint.strong("When it would do what"))?;
    for told in told {
        let (first, rest) = told.said.split_first().map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
        writeln!(terminal.out, "  {}: {first}", terminal.paint.strong(&told.action))?;
        rest.iter().try_for_each(|line| writeln!(terminal.out, "    {line}"))?;
    }
    let note = format!("  Found by trying {tried} beliefs, so bounds are near, not exact.");
    writeln!(terminal.out, "{}", terminal.paint.faint(&note))
}
