//! One decision, told.

use std::io;

use freeagentics_inference::{
    engine::{Decision, Engine},
    model::Spec,
};
use serde_json::{Map, Value, json};

use super::{Explain, tables};
use crate::{
    explain::{names, sentence, surprise, weighing::Weighing},
    recording::Observed,
    rules::{self, Rule},
    terminal::Terminal,
};

/// A decision and all that belongs to it.
pub(super) struct Step<'a> {
    /// Its number in the recording.
    pub(super) number: usize,
    /// Where the observation stands.
    pub(super) place: (&'a str, usize),
    pub(super) engine: &'a Engine,
    pub(super) observed: &'a Observed,
    pub(super) decision: &'a Decision<'a>,
    pub(super) rules: &'a [Rule],
    /// What each rule does.
    pub(super) beside: &'a [Vec<usize>],
}

impl Step<'_> {
    pub(super) fn spec(&self) -> &Spec {
        self.engine.model().spec()
    }

    /// Whether any rule does something else than nothing.
    pub(super) fn rule_acts(&self) -> bool {
        let idle = self.idle();
        self.beside.iter().any(|action| *action != idle)
    }

    /// Whether the agent does nothing; known only where the model declares what that is.
    pub(super) fn idles(&self) -> bool {
        self.engine.options().idle.as_deref() == Some(self.decision.action())
    }

    fn idle(&self) -> Vec<usize> {
        rules::idle(self.spec(), self.engine.options().idle.as_deref())
    }

    /// For people.
    pub(super) fn text(&self, explain: Explain, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let (paint, spec) = (terminal.paint, self.spec());
        let action = names::action(spec, self.decision.action());
        let done = if spec.controls.is_empty() { String::new() } else { format!("  →  {}", paint.strong(&action)) };
        writeln!(terminal.out, "{:>6}  {}{done}", self.number, self.observed.line(spec))?;
        if explain == Explain::None {
            return self.rules_text(terminal);
        }
        let weighing = Weighing::of(self.engine, self.decision);
        terminal.paragraph("        ", &self.why(&weighing))?;
        if explain == Explain::Full {
            tables::write(terminal, self.engine, self.decision, &weighing)?;
        }
        self.rules_text(terminal)
    }

    fn rules_text(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let idle = self.idle();
        for (rule, action) in self.rules.iter().zip(self.beside).filter(|(_, action)| **action != idle) {
            let line = format!("        rule `{}` does {}", rule.text, names::action(self.spec(), action));
            writeln!(terminal.out, "{}", terminal.paint.faint(&line))?;
        }
        Ok(())
    }

    /// The reason in a sentence, with what came as a surprise.
    fn why(&self, weighing: &Weighing) -> String {
        let seen = self.observed.seen_plainly(self.spec());
        let surprises = surprise::surprises(self.engine, self.decision, &self.observed.reading.evidence, &seen);
        sentence::why(self.engine, self.decision, weighing, surprises)
    }

    /// For programs.
    pub(super) fn json(&self, explain: Explain) -> Value {
        let (spec, decision) = (self.spec(), self.decision);
        let mut told = json!({
            "step": self.number,
            "source": self.place.0,
            "line": self.place.1,
            "observation": self.observed.json(spec),
            "action": action(spec, decision.action()),
        });
        let mut add = |key: &str, value: Value| {
            told.as_object_mut().into_iter().for_each(|object| drop(object.insert(key.to_owned(), value.clone())));
        };
        if !self.rules.is_empty() {
            let each = self.rules.iter().zip(self.beside).map(|(rule, done)| (rule.text.clone(), action(spec, done)));
            add("rules", Value::Object(each.collect()));
        }
        add("digest", json!(decision.digest().to_string()));
        if explain == Explain::None {
            return told;
        }
        let weighing = Weighing::of(self.engine, decision);
        add("why", json!(self.why(&weighing)));
        add("beliefs", beliefs(spec, |factor| decision.belief(factor)));
        add("free_energy", json!(decision.free_energy()));
        add("surprise", surprise(spec, decision));
        add("impossible", json!(decision.impossible()));
        add("against", weighing.idle.as_deref().map_or(Value::Null, |idle| action(spec, idle)));
        add("actions", tables::actions_json(self.engine, &weighing));
        if explain == Explain::Full {
            add("prior", beliefs(spec, |factor| decision.prior(factor)));
            add("plans", tables::plans_json(self.engine, decision));
        }
        told
    }
}

/// `{"command": "probe"}`.
pub(super) fn action(spec: &Spec, values: &[usize]) -> Value {
    let each = spec.controls.iter().zip(values);
    Value::Object(each.map(|(axis, &value)| (axis.name.clone(), json!(names::label(&axis.labels, value)))).collect())
}

fn beliefs<'d>(spec: &Spec, of: impl Fn(usize) -> &'d [f64]) -> Value {
    let factor = |(index, axis): (usize, &freeagentics_inference::model::Axis)| {
        let odds = axis.labels.iter().zip(of(index)).map(|(label, odds)| (label.clone(), json!(odds)));
        (axis.name.clone(), Value::Object(odds.collect::<Map<_, _>>()))
    };
    Value::Object(spec.factors.iter().enumerate().map(factor).collect())
}

fn surprise(spec: &Spec, decision: &Decision<'_>) -> Value {
    let each = spec.modalities.iter().enumerate();
    let seen = each.filter_map(|(index, axis)| Some((axis.name.clone(), json!(decision.surprise(index)?))));
    Value::Object(seen.collect())
}
