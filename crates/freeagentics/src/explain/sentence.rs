//! Why this one, in a sentence or three.

use freeagentics_inference::engine::{Choice, Decision, Engine, Mode};

use super::{
    amounts::{amount, list, percent},
    certainty, names, odds,
    weighing::{Considered, Weighing},
};

/// Below this, in nats, a difference is not worth a word.
const NEGLIGIBLE: f64 = 0.005;

/// The decision in words: what is probably going on, what did not fit, what the choice weighs, what is done.
pub(crate) fn why(engine: &Engine, decision: &Decision<'_>, weighing: &Weighing, surprises: Vec<String>) -> String {
    let spec = engine.model().spec();
    let beliefs: Vec<&[f64]> = (0..spec.factors.len()).map(|factor| decision.belief(factor)).collect();
    let mut said = vec![format!("{}.", odds::phrase(spec, &beliefs))];
    said.extend(surprises);
    if !spec.controls.is_empty() {
        said.extend(weighed(engine, weighing));
        said.extend(certainty::not_yet(engine, decision, weighing));
        said.push(verdict(engine, weighing));
    }
    said.join(" ")
}

/// A plan from its first step to the last one that is not idling: `probe`, or `[restart, probe ×2]`.
pub(crate) fn plan(engine: &Engine, plan: usize, idle: Option<&[usize]>) -> String {
    let spec = engine.model().spec();
    let steps: Vec<&[usize]> = (0..engine.policy_len()).map(|time| engine.policy_action(plan, time)).collect();
    let last = steps.iter().rposition(|&step| Some(step) != idle).unwrap_or(0);
    let told: Vec<&[usize]> = steps.into_iter().take(last + 1).collect();
    let runs = told.chunk_by(|one, next| one == next).map(|run| match run {
        [only] => names::action(spec, only),
        _ => format!("{} ×{}", run.first().map(|step| names::action(spec, step)).unwrap_or_default(), run.len()),
    });
    let runs = runs.collect::<Vec<_>>().join(", ");
    if told.len() > 1 { format!("[{runs}]") } else { runs }
}

fn weighed(engine: &Engine, weighing: &Weighing) -> Option<String> {
    let idles = |one: &Considered| Some(&one.action) == weighing.idle.as_ref() && one.net().abs() < NEGLIGIBLE;
    let clause = |one: &Considered, would: bool| {
        let name = plan(engine, one.plan, weighing.idle.as_deref());
        weighed_up(one, weighing.idle.is_some(), would).map(|parts| format!("{name} {parts}"))
    };
    let chosen = weighing.chosen().filter(|one| !idles(one)).and_then(|one| clause(one, false));
    let rival = weighing.rival().filter(|one| !idles(one)).and_then(|one| clause(one, true));
    let clauses: Vec<String> = [chosen, rival].into_iter().flatten().collect();
    (!clauses.is_empty()).then(|| format!("{}.", clauses.join("; ")))
}

/// `costs 0.4, is a look worth 0.62 and should save 0.1`, or the same as what it `would` do.
pub(crate) fn weighed_up(one: &Considered, compared: bool, would: bool) -> Option<String> {
    let said = list(&parts(one, compared, would), "and");
    (!said.is_empty()).then(|| if would { format!("would {said}") } else { said })
}

/// The parts of it, one by one.
pub(crate) fn parts(one: &Considered, compared: bool, would: bool) -> Vec<String> {
    let mut said = Vec::new();
    let say = |is: &str, be: &str, value: f64| format!("{} {}", if would { be } else { is }, amount(value.abs()));
    match one.cost {
        cost if cost >= NEGLIGIBLE => said.push(say("costs", "cost", cost)),
        cost if cost <= -NEGLIGIBLE => said.push(say("spares", "spare", cost)),
        _ => {}
    }
    let beside = [one.brings, one.teaches, one.leads, one.later].iter().any(|part| part.abs() >= NEGLIGIBLE);
    match one.tells {
        tells if tells >= NEGLIGIBLE => said.push(say("is a look worth", "be a look worth", tells)),
        tells if tells <= -NEGLIGIBLE => {
            said.push(format!("{} {} less", if would { "learn" } else { "learns" }, amount(-tells)));
        }
        _ if !beside && one.cost.abs() >= NEGLIGIBLE => {
            said.push(format!("{} nothing", if would { "bring" } else { "brings" }));
        }
        _ => {}
    }
    match (one.brings.abs() >= NEGLIGIBLE, one.brings > 0.0, compared) {
        (false, _, _) => {}
        (true, true, true) => said.push(say("should save", "save", one.brings)),
        (true, true, false) => said.push(say("should bring", "bring", one.brings)),
        (true, false, _) => said.push(say("should lose", "lose", one.brings)),
    }
    said.extend(of_who_learns_or_looks_far(one, would));
    said
}

/// What only agents that learn, have goals or search have to say.
fn of_who_learns_or_looks_far(one: &Considered, would: bool) -> Vec<String> {
    let say = |is: &str, be: &str, value: f64| format!("{} {}", if would { be } else { is }, amount(value.abs()));
    let mut said = Vec::new();
    if one.teaches.abs() >= NEGLIGIBLE {
        let more = if one.teaches > 0.0 { "" } else { " less" };
        said.push(format!("{}{more} about the world itself", say("teaches", "teach", one.teaches)));
    }
    if one.leads <= -NEGLIGIBLE {
        said.push(format!("{} further from the goal", say("leads", "lead", one.leads)));
    } else if one.leads >= NEGLIGIBLE {
        said.push(format!("{} nearer to the goal", say("leads", "lead", one.leads)));
    }
    if one.later.abs() >= NEGLIGIBLE {
        let (is, be) = if one.later > 0.0 { ("should bring", "bring") } else { ("should lose", "lose") };
        said.push(format!("{} later", say(is, be, one.later)));
    }
    said
}

fn verdict(engine: &Engine, weighing: &Weighing) -> String {
    let name = names::action(engine.model().spec(), &weighing.chosen);
    let (Some(chosen), Some(lead)) = (weighing.chosen(), weighing.lead()) else {
        return format!("So: {name}.");
    };
    if lead < -NEGLIGIBLE {
        return format!("{}: {name}.", despite(engine, chosen));
    }
    if lead.abs() < 1e-9 {
        return format!("Others are just as good; the first is taken: {name}.");
    }
    let close = if lead < 0.1 { "It is close. " } else { "" };
    if weighing.idle.as_ref() == Some(&weighing.chosen) && chosen.net().abs() < NEGLIGIBLE {
        return format!("{close}Not worth it: {name}.");
    }
    // Would the choice have been another without the information gain?
    let blind = |one: &Considered| one.net() - one.tells;
    let others = weighing.considered.iter().filter(|one| one.action != weighing.chosen);
    let looks = chosen.tells > NEGLIGIBLE && others.map(blind).any(|other| other > blind(chosen) + NEGLIGIBLE);
    if looks { format!("{close}I look first: {name}.") } else { format!("{close}So: {name}.") }
}

/// Why something else than the best was chosen.
fn despite(engine: &Engine, chosen: &Considered) -> String {
    let options = engine.options();
    // Controls that are drawn one by one have no odds as a whole that a sentence could explain; nor has a sharpened draw.
    let plain = options.alpha == 1.0 && (options.mode == Mode::Full || engine.model().spec().controls.len() == 1);
    match options.choice {
        Choice::Sampled if plain => format!("Drawn with {}", percent(chosen.odds)),
        Choice::Sampled => "Drawn".to_owned(),
        Choice::Deterministic => "By the weight of all plans".to_owned(),
    }
}
