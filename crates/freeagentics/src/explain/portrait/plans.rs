//! How the agent plans and chooses, in words.

use freeagentics_inference::engine::{Choice, Engine, Impossible, Mode, Options, Policies};

use super::Line;
use crate::explain::{
    amounts::{amount, count},
    names,
};

/// What is to be said of the engine's options.
pub(super) fn plans(engine: &Engine) -> Vec<Line> {
    let spec = engine.model().spec();
    let options = engine.options();
    let plans = count(engine.n_policies(), "plan");
    let steps = count(engine.policy_len(), "step");
    let mut said = vec![match &options.policies {
        Policies::All { .. } => {
            format!("it weighs all {plans} (policies) of {steps} against each other, at every step anew")
        }
        Policies::Listed(_) => {
            format!("it weighs the {plans} (policies) that the model lists, of {steps} each, at every step anew")
        }
    }];
    said.push(
        "a plan counts for what it should cost or bring, plus what its looks are worth (information gain)".to_owned(),
    );
    said.push(chooses(options));
    if options.discount < 1.0 && engine.policy_len() > 1 {
        said.push(format!(
            "each later step of a plan counts {} of the one before (discount)",
            amount(options.discount)
        ));
    }
    if options.habits.is_some() {
        said.push("it has habits: some plans are favoured before any weighing (E)".to_owned());
    }
    if let Some(idle) = &options.idle {
        said.push(format!(
            "when more than one tick has passed, it takes {} to have gone on meanwhile",
            names::action(spec, idle)
        ));
    }
    said.push(match options.impossible {
        Impossible::Warn => "an observation that the model calls impossible is taken and flagged".to_owned(),
        Impossible::Refuse => "an observation that the model calls impossible is refused".to_owned(),
    });
    said.into_iter().map(|text| Line::new(0, text)).collect()
}

/// What it does once the plans are weighed.
fn chooses(options: &Options) -> String {
    match (options.mode, options.choice) {
        (Mode::Full, Choice::Deterministic) => "it does the first step of the best plan".to_owned(),
        (Mode::Full, Choice::Sampled) => format!(
            "it draws a plan, better ones more often (gamma {}, alpha {}), and does its first step",
            options.gamma, options.alpha
        ),
        (Mode::Marginal, Choice::Deterministic) => {
            format!("it does what most of the plans' weight begins with (marginal; gamma {})", options.gamma)
        }
        (Mode::Marginal, Choice::Sampled) => format!(
            "it draws a first step by the weight of the plans that begin with it (marginal; gamma {}, alpha {})",
            options.gamma, options.alpha
        ),
    }
}
