//! `freeagentics check MODEL`: everything that is wrong with a model, or what it is.

use freeagentics_inference::document::{self, Limits};
use freeagentics_inference::model::{Preference, Spec};
use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    explain::amounts::count,
    models::{Loaded, Source, source},
    problems,
    terminal::{Format, Terminal, harmless},
};

/// Checks a model.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A model document (YAML or JSON), `-` for standard input, or the name of a built-in model.
    #[arg(value_name = "MODEL")]
    model: String,
    /// Print a JSON Patch (RFC 6902) that mends what can be mended without knowing the world: sums, shapes, spelling.
    /// The file itself is left alone.
    #[arg(long, conflicts_with = "fixed")]
    patch: bool,
    /// Print the document with that patch applied, as JSON.
    #[arg(long)]
    fixed: bool,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let source = source(&args.model, terminal)?;
    if args.patch || args.fixed {
        return mended(args, &source, terminal);
    }
    match source.load() {
        Ok(loaded) => {
            match format {
                Format::Text => summary(terminal, &loaded)?,
                Format::Json => terminal.json(&summary_json(&loaded))?,
            }
            Ok(Exit::Done)
        }
        Err(Failure::Model { origin, problems: found }) => {
            // The problems are what was asked for, so they are the answer, not a complaint.
            match format {
                Format::Text => terminal.out.write_all(problems::text(&origin, &found, terminal.paint).as_bytes())?,
                Format::Json => {
                    let answer =
                        json!({ "ok": false, "origin": origin, "problems": found.problems, "omitted": found.omitted });
                    terminal.json(&answer)?;
                }
            }
            Ok(Exit::Failed)
        }
        Err(failure) => Err(failure),
    }
}

/// The patch, or what it makes of the document. A sound model needs none.
fn mended(args: &Args, source: &Source, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let found = source.document().err();
    let patch = found.as_ref().map(|found| found.patch()).unwrap_or_default();
    let answer = if args.patch {
        json!(patch)
    } else {
        let document = source.json().map_err(|problems| Failure::Model { origin: source.origin.clone(), problems })?;
        match &found {
            None => document,
            Some(found) => found.mend(&document).ok_or_else(|| {
                let mend = "mend what `check` names by hand first";
                Failure::usage("patch_does_not_fit", "the patch does not fit the document", mend)
            })?,
        }
    };
    writeln!(terminal.out, "{answer:#}")?;
    let left = found
        .map_or(0, |found| found.omitted + found.problems.iter().filter(|problem| problem.patch.is_none()).count());
    if left > 0
        || !args.patch && document::read(&answer.to_string(), document::Format::Json, &Limits::default()).is_err()
    {
        let origin = harmless(&source.origin);
        writeln!(terminal.err, "{} left that only you can mend: freeagentics check {origin}", count(left, "problem"))?;
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

fn summary(terminal: &mut Terminal<'_>, loaded: &Loaded) -> std::io::Result<()> {
    let (spec, cost) = (&loaded.document.spec, &loaded.document.cost);
    let (paint, out) = (terminal.paint, &mut terminal.out);
    writeln!(
        out,
        "{}: {} {}",
        harmless(&loaded.origin),
        paint.strong(&harmless(&loaded.document.name)),
        paint.good("is sound")
    )?;
    let axes = |axes: &[freeagentics_inference::model::Axis]| {
        let each = axes.iter().map(|axis| format!("{} ({})", axis.name, axis.labels.len()));
        each.collect::<Vec<_>>().join(", ")
    };
    let modalities = spec.modalities.iter().map(|axis| format!("{} ({})", axis.name, axis.labels.len()));
    writeln!(out, "  factors     {}", axes(&spec.factors))?;
    if !spec.controls.is_empty() {
        writeln!(out, "  controls    {}", axes(&spec.controls))?;
    }
    writeln!(out, "  modalities  {}", modalities.collect::<Vec<_>>().join(", "))?;
    let length = count(loaded.engine.policy_len(), "step");
    writeln!(out, "  plans       {} of {length}", loaded.engine.n_policies())?;
    writeln!(out, "  tests       {}", loaded.document.tests.len())?;
    writeln!(
        out,
        "  cost        about {} multiply-adds a step; {} table entries; {} KiB",
        cost.operations,
        cost.table_entries,
        cost.bytes.div_ceil(1024)
    )?;
    writeln!(out, "  digest      {}", loaded.engine.model().digest())?;
    notes(spec).iter().try_for_each(|note| writeln!(out, "  note        {note}"))
}

/// What is no mistake but may not be meant.
fn notes(spec: &Spec) -> Vec<&'static str> {
    let values = |preference: &Preference| match preference {
        Preference::Observations { values, .. } | Preference::Joint { values, .. } => values.clone(),
        Preference::Timed { values, .. } => values.concat(),
    };
    let values: Vec<f64> = spec.preferences.iter().flat_map(values).collect();
    let gains = values.iter().any(|&value| value > 0.0) && values.iter().all(|&value| value >= 0.0);
    gains.then_some("all preferences are gains: was a cost meant? Costs are negative").into_iter().collect()
}

fn summary_json(loaded: &Loaded) -> Value {
    let (spec, document) = (&loaded.document.spec, &loaded.document);
    let axes = |axes: &[freeagentics_inference::model::Axis]| {
        axes.iter().map(|axis| json!({ "name": axis.name, "labels": axis.labels })).collect::<Vec<_>>()
    };
    let modalities = spec.modalities.iter().map(|axis| json!({ "name": axis.name, "labels": axis.labels }));
    json!({
        "ok": true,
        "origin": loaded.origin,
        "name": document.name,
        "description": document.description,
        "digest": loaded.engine.model().digest().to_string(),
        "options_digest": loaded.engine.options_digest().to_string(),
        "factors": axes(&spec.factors),
        "controls": axes(&spec.controls),
        "modalities": modalities.collect::<Vec<_>>(),
        "policies": loaded.engine.n_policies(),
        "policy_length": loaded.engine.policy_len(),
        "tests": document.tests.len(),
        "cost": document.cost,
        "notes": notes(spec),
    })
}
