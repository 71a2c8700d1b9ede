//! Faults of the agent, of preferences and of tests.

use freeagentics_inference::document::Code;

use super::fault::{Edit, Fault, Mend, misspell};
use super::sites::{children, last, only_control, parent};
use super::tree::{Entry, Tree};

pub(super) fn faults(document: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    of_options(document, &mut faults);
    of_habits(document, &mut faults);
    of_policies(document, &mut faults);
    of_preferences(document, &mut faults);
    children(document, "/tests").iter().for_each(|test| of_test(document, test, &mut faults));
    faults
}

fn raw(text: &str) -> Tree {
    Tree::Raw(text.to_owned())
}

fn of_options(document: &Tree, faults: &mut Vec<Fault>) {
    for (key, value, code) in [
        ("gamma", "-1", Code::OutOfRange),
        ("gamma", ".inf", Code::NotFinite),
        ("alpha", "-0.5", Code::OutOfRange),
        ("discount", "0", Code::OutOfRange),
        ("discount", "1.01", Code::OutOfRange),
        ("policy_length", "0", Code::OutOfRange),
        ("policy_length", "2.5", Code::NotWhole),
        ("policy_length", "\"two\"", Code::WrongType),
    ] {
        let at = format!("/agent/{key}");
        if document.get(&at).is_some() {
            faults.push(Fault::new("bad option value", code, &at, Edit::Replace(at.clone(), raw(value))));
        }
    }
    for at in ["mode", "selection", "impossible"].map(|key| format!("/agent/{key}")) {
        if let Some(word) = document.get(&at).and_then(Tree::as_text) {
            let edit = Edit::Replace(at.clone(), Tree::text(&misspell(word)));
            faults.push(Fault::new("unknown choice", Code::UnknownWord, &at, edit).mended(Mend::Patch));
        }
    }
    let version = Edit::Replace("/freeagentics".to_owned(), raw("2"));
    faults.push(Fault::new("unsupported version", Code::UnsupportedVersion, "/freeagentics", version));
}

fn of_habits(document: &Tree, faults: &mut Vec<Fault>) {
    let at = "/agent/habits".to_owned();
    let Some(habits) = document.get(&at) else { return };
    let needs = ["/agent/policies", "/agent/policy_length", "/controls"].map(str::to_owned);
    if let Tree::List(items) = habits {
        let count = |edit| Fault::new("wrong habit count", Code::HabitCount, &at, edit).needing(needs.clone());
        faults.push(count(Edit::Shorten(at.clone())));
        faults.push(count(Edit::Push(at.clone(), raw("1"))));
        let zero = Tree::List(vec![raw("0"); items.len()]);
        faults.push(Fault::new("no habit", Code::NoHabit, &at, Edit::Replace(at.clone(), zero)).needing(needs.clone()));
    }
    for habit in children(document, &at) {
        let negative = Edit::Replace(habit.clone(), raw("-2"));
        faults.push(Fault::new("negative entry", Code::Negative, habit, negative).needing(["/controls".to_owned()]));
    }
}

fn of_policies(document: &Tree, faults: &mut Vec<Fault>) {
    let plans = children(document, "/agent/policies");
    for (i, plan) in plans.iter().enumerate() {
        let step = document.get(plan).unwrap().items()[0].clone();
        if i > 0 {
            let longer = Edit::Push(plan.clone(), step);
            let fault = Fault::new("plan of another length", Code::UnequalPolicies, plan, longer);
            faults.push(fault.needing([plans[0].clone()]));
        }
        for step in children(document, plan) {
            for control in children(document, &step) {
                let fault =
                    Fault::new("step leaves a control out", Code::ControlNotNamed, &step, Edit::Remove(control));
                faults.push(fault.touching([step.clone()]).needing(["/controls".to_owned()]));
            }
        }
    }
}

fn of_preferences(document: &Tree, faults: &mut Vec<Fault>) {
    for at in children(document, "/preference").into_iter().filter(|at| last(at) != "joint") {
        let wrong = Edit::Replace(at.clone(), Tree::text("nice"));
        faults.push(Fault::new("text for preferences", Code::WrongType, &at, wrong));
        for value in children(document, &at) {
            let infinite = Edit::Replace(value.clone(), raw("-.inf"));
            faults.push(Fault::new("infinite preference", Code::NotFinite, value, infinite));
        }
        if let Some(Tree::List(_)) = document.get(&at) {
            let short = Fault::new("row too short", Code::WrongShape, &at, Edit::Shorten(at.clone()));
            faults.push(
                short.needing(["/factors", "/controls", "/modalities"].map(|kind| format!("{kind}/{}", last(&at)))),
            );
        }
    }
    for joint in children(document, "/preference/joint") {
        let at = format!("{joint}/at");
        if document.get(&at).is_some() {
            let fault = Fault::new("moment missing", Code::MomentMissing, &joint, Edit::Remove(at));
            faults.push(fault.needing([format!("{joint}/over")]));
        }
    }
}

fn of_test(document: &Tree, test: &str, faults: &mut Vec<Fault>) {
    for (i, observation) in children(document, &format!("{test}/given")).into_iter().enumerate() {
        children(document, &observation).iter().for_each(|at| of_observation(document, at, faults));
        if i == 0 {
            let early = Edit::Insert(observation.clone(), Entry::new("elapsed", raw("2")));
            let pointer = format!("{observation}/elapsed");
            faults.push(Fault::new("a step before the first", Code::NoPreviousStep, pointer, early));
        }
    }
    for (key, tree) in [("then", Tree::Map(Vec::new())), ("given", Tree::List(Vec::new()))] {
        let at = format!("{test}/{key}");
        faults.push(Fault::new("nothing expected", Code::NothingExpected, &at, Edit::Replace(at.clone(), tree)));
    }
    let action = document.get(&format!("{test}/then/action")).filter(|action| action.as_text().is_some());
    if let Some((control, action)) = only_control(document).zip(action) {
        let then = format!("{test}/then");
        let bare = Fault::new("bare action", Code::WrongType, &then, Edit::Replace(then.clone(), action.clone()));
        faults.push(bare.needing([control]).mended(Mend::Patch));
    }
    let factors = children(document, &format!("{test}/then/beliefs"));
    let states = factors.iter().flat_map(|factor| children(document, factor));
    for bound in states.flat_map(|state| children(document, &state)) {
        let edit = Edit::Replace(bound.clone(), raw("1.25"));
        let fault = Fault::new("probability above one", Code::OutOfRange, &bound, edit);
        faults.push(fault.needing([parent(&bound)]));
    }
}

fn of_observation(document: &Tree, at: &str, faults: &mut Vec<Fault>) {
    let value = document.get(at).unwrap();
    let modality = format!("/modalities/{}", last(at));
    if last(at) == "elapsed" {
        for (text, code) in [("0", Code::OutOfRange), ("1.5", Code::NotWhole)] {
            faults.push(Fault::new("bad elapsed time", code, at, Edit::Replace(at.to_owned(), raw(text))));
        }
    } else if value.as_number().is_some() && !is_open_below(document, &modality) {
        let far = Edit::Replace(at.to_owned(), raw("-1e12"));
        faults.push(Fault::new("outside all bins", Code::OutsideBins, at, far).needing([modality]));
    } else if !value.entries().is_empty() && last(at) != "executed" {
        let entries = children(document, at);
        let edit = Edit::Raise(entries[0].clone());
        let soft = Fault::new("soft observation does not sum to one", Code::SumNotOne, at, edit);
        faults.push(soft.touching(entries).mended(Mend::Patch));
    }
}

fn is_open_below(document: &Tree, modality: &str) -> bool {
    let bins = children(document, &format!("{modality}/bins"));
    bins.first().is_some_and(|bin| document.get(&format!("{bin}/0")).unwrap().as_number().is_none())
}
