//! A conversation: each modality is asked for, then the decision is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use freeagentics_inference::{
    document::{Limits, Observations},
    model::{Modality, Table},
};
use serde_json::{Map, Value};

use super::{
    Explain,
    answer::{Answer, COMMANDS, HELP, understand},
    prompt::{Person, Prompt, Reply},
    step::Step,
};
use crate::{
    agents::{self, Agent},
    exit::{Exit, Failure},
    explain::{amounts::count, names, portrait::cases::tells_nothing},
    models::Loaded,
    recording::Observed,
    rules::{Rule, Watch},
    terminal::{Terminal, harmless},
};

/// One conversation.
struct Conversation<'a> {
    loaded: &'a Loaded,
    rules: &'a [Rule],
    observations: Observations,
    explain: Explain,
    episode: Episode<'a>,
    /// How often each action was chosen.
    did: BTreeMap<String, usize>,
}

/// What begins anew with `:new`.
struct Episode<'a> {
    agent: Agent<'a>,
    watches: Vec<Watch<'a>>,
    steps: usize,
    /// What was done last; at the start nothing.
    done: Option<Vec<usize>>,
}

impl<'a> Episode<'a> {
    fn begin(loaded: &'a Loaded, seed: u64, rules: &'a [Rule]) -> Self {
        let watches = rules.iter().map(Rule::watch).collect();
        Self { agent: Agent::new(&loaded.engine, seed), watches, steps: 0, done: None }
    }
}

/// Talks to the person at the terminal until they leave.
pub(super) fn converse(
    loaded: &Loaded,
    seed: u64,
    explain: Explain,
    rules: &[Rule],
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let mut person = Person::new()?;
    talk(loaded, seed, explain, rules, &mut person, terminal)
}

fn talk(
    loaded: &Loaded,
    seed: u64,
    explain: Explain,
    rules: &[Rule],
    person: &mut dyn Prompt,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let (paint, name) = (terminal.paint, harmless(&loaded.document.name));
    writeln!(terminal.out, "{}: what is seen, step by step? (:help says how)", paint.strong(&name))?;
    let observations = Observations::of(&loaded.document.spec, Limits::default());
    let episode = Episode::begin(loaded, seed, rules);
    let mut conversation = Conversation { loaded, rules, observations, explain, episode, did: BTreeMap::new() };
    while let Some(heard) = conversation.hear(person, terminal)? {
        match heard {
            Heard::New => {
                conversation.episode = Episode::begin(loaded, seed, rules);
                writeln!(terminal.out, "{}", paint.faint("A new episode."))?;
            }
            Heard::Step(observed) => conversation.decide(&observed, terminal)?,
        }
    }
    conversation.sum_up(terminal)?;
    Ok(Exit::Done)
}

/// What a round of questions came to.
enum Heard {
    Step(Observed),
    New,
}

impl Conversation<'_> {
    /// Decides and tells it; an observation that is refused leaves everything as it was.
    fn decide(&mut self, observed: &Observed, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let Episode { agent, watches, steps, done } = &mut self.episode;
        let decision = match agent.decide(&observed.reading) {
            Ok(decision) => decision,
            Err(error) => return writeln!(terminal.out, "  {error}; {}", agents::mend(&error)),
        };
        let beside: Vec<_> = watches.iter_mut().map(|watch| watch.decide(&observed.reading.evidence)).collect();
        *steps += 1;
        *done = Some(decision.action().to_vec());
        *self.did.entry(names::action(&self.loaded.document.spec, decision.action())).or_default() += 1;
        let step = Step {
            number: *steps,
            place: ("", 0),
            engine: &self.loaded.engine,
            observed,
            decision: &decision,
            rules: self.rules,
            beside: &beside,
        };
        step.text(self.explain, terminal)
    }

    /// What was done how often, in all episodes.
    fn sum_up(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let steps: usize = self.did.values().sum();
        if steps == 0 || self.loaded.document.spec.controls.is_empty() {
            return Ok(());
        }
        let each: Vec<String> = self.did.iter().map(|(action, times)| format!("{action} {times}")).collect();
        writeln!(terminal.out, "After {}: {}.", count(steps, "step"), each.join(", "))
    }

    /// Asks for each modality that could tell something; nothing when the person leaves.
    fn hear(&mut self, person: &mut dyn Prompt, terminal: &mut Terminal<'_>) -> Result<Option<Heard>, Failure> {
        let mut written = Map::new();
        let mut answered = BTreeSet::new();
        while let Some((index, modality)) = self.next_question(&answered) {
            terminal.out.flush()?;
            let answer = match person.ask(&question(modality), &self.words(&modality.labels))? {
                Reply::Said(answer) => answer,
                Reply::Cleared => continue,
                Reply::Left => return Ok(None),
            };
            match understand(&answer, modality, &self.loaded.document.spec) {
                Answer::Seen(seen, complete) => {
                    if self.read(&mut written, seen, terminal)?.is_some() {
                        answered.insert(index);
                        if complete {
                            break;
                        }
                    }
                }
                Answer::Beside(key, value) => {
                    let beside = [(key.to_owned(), value)].into_iter().collect();
                    let read = self.read(&mut written, beside, terminal)?;
                    let executed = read.and_then(|read| read.reading.executed);
                    self.episode.done = executed.or(self.episode.done.take());
                }
                Answer::Tell(explain) => self.explain = explain,
                Answer::New => return Ok(Some(Heard::New)),
                Answer::Help => writeln!(terminal.out, "{HELP}")?,
                Answer::Quit => return Ok(None),
                Answer::Unclear(why) => writeln!(terminal.out, "  {why}")?,
            }
        }
        Ok(self.read(&mut written, Map::new(), terminal)?.map(Heard::Step))
    }

    /// The next modality to be asked for. Those that can tell nothing, after what was done, are passed over.
    fn next_question(&self, answered: &BTreeSet<usize>) -> Option<(usize, &Modality)> {
        let spec = &self.loaded.document.spec;
        let tells = |index: usize| {
            let preceding = self.preceding(index);
            // Where an action has to precede and none did, the answer would not be counted.
            let counts = |table: &Table| table.controls.is_empty() || preceding.is_some();
            let tells = |table: &Table| counts(table) && !tells_nothing(spec, table, preceding.as_deref());
            spec.likelihoods.get(index).is_some_and(tells)
        };
        let mut asked = spec.modalities.iter().enumerate().filter(|(index, _)| tells(*index)).peekable();
        if asked.peek().is_none() {
            return spec.modalities.iter().enumerate().find(|(index, _)| !answered.contains(index));
        }
        asked.find(|(index, _)| !answered.contains(index))
    }

    /// The action that preceded what this modality shows, if one did.
    fn preceding(&self, modality: usize) -> Option<Vec<usize>> {
        let spec = &self.loaded.document.spec;
        if self.episode.done.is_some() {
            return self.episode.done.clone();
        }
        let initial = spec.modalities.get(modality)?.initial.as_ref()?;
        let mut action = vec![0; spec.controls.len()];
        for (&control, &value) in spec.likelihoods.get(modality)?.controls.iter().zip(initial) {
            *action.get_mut(control)? = value;
        }
        Some(action)
    }

    /// Adds to what is written and reads it, or says what is wrong and leaves it as it was.
    fn read(
        &self,
        written: &mut Map<String, Value>,
        more: Map<String, Value>,
        terminal: &mut Terminal<'_>,
    ) -> io::Result<Option<Observed>> {
        let mut all = written.clone();
        all.extend(more);
        match Observed::read(&self.observations, &self.loaded.document.spec, &all) {
            Ok(observed) => {
                *written = all;
                Ok(Some(observed))
            }
            Err(problems) => {
                for problem in &problems.problems {
                    writeln!(terminal.out, "  {}; {}", harmless(&problem.message), harmless(&problem.mend))?;
                }
                Ok(None)
            }
        }
    }

    /// What may be completed: the modality's labels, `name=label` for all, and commands.
    fn words(&self, labels: &[String]) -> Vec<String> {
        let spec = &self.loaded.document.spec;
        let mut words = labels.to_vec();
        let settings = |(name, labels): (&String, &Vec<String>)| {
            labels.iter().map(|label| format!("{name}={label}")).collect::<Vec<_>>()
        };
        words.extend(spec.modalities.iter().flat_map(|modality| settings((&modality.name, &modality.labels))));
        words.extend(COMMANDS.map(str::to_owned));
        let actions = match spec.controls.as_slice() {
            [only] => only.labels.clone(),
            controls => controls.iter().flat_map(|control| settings((&control.name, &control.labels))).collect(),
        };
        words.extend(actions.iter().map(|action| format!(":done {action}")));
        words
    }
}

/// `check (ok, slow, fail, or a number in ms)> `
fn question(modality: &Modality) -> String {
    let hint = if modality.bins.is_some() { ", or a number" } else { "" };
    let unit = modality.unit.as_ref().map(|unit| format!(" in {unit}")).unwrap_or_default();
    let labels = if modality.labels.len() > 8 { "Tab lists them".to_owned() } else { modality.labels.join(", ") };
    format!("{} ({labels}{hint}{unit})> ", modality.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{models::Shipped, terminal::Paint};

    struct Script<'a>(std::slice::Iter<'a, &'static str>);

    impl Prompt for Script<'_> {
        fn ask(&mut self, _: &str, _: &[String]) -> io::Result<Reply> {
            Ok(match self.0.next() {
                Some(&"^C") => Reply::Cleared,
                Some(answer) => Reply::Said((*answer).to_owned()),
                None => Reply::Left,
            })
        }
    }

    fn conversation(answers: &[&'static str]) -> String {
        conversation_with(&Shipped::find("watchdog").unwrap().source().load().unwrap(), answers)
    }

    fn conversation_with(loaded: &Loaded, answers: &[&'static str]) -> String {
        let (mut out, mut err, mut input) = (Vec::new(), Vec::new(), io::empty());
        let mut terminal = Terminal {
            out: &mut out,
            err: &mut err,
            input: &mut input,
            interactive: true,
            width: None,
            paint: Paint::Plain,
            err_paint: Paint::Plain,
        };
        let mut person = Script(answers.iter());
        talk(loaded, 1, Explain::None, &[], &mut person, &mut terminal).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_modality_is_asked_for_and_then_the_decision_is_told() {
        let said = conversation(&["38", "fail"]);
        assert!(said.contains("1  check=ok (38 ms)  →  wait"), "{said}");
        assert!(said.contains("2  check=fail  →  probe"), "{said}");
    }

    #[test]
    fn ctrl_c_clears_the_line_and_at_the_end_all_is_summed_up() {
        let said = conversation(&["38", "^C", "fail", "^C"]);
        assert!(said.contains("2  check=fail  →  probe"), "{said}");
        assert!(said.ends_with("After 2 steps: probe 1, wait 1.\n"), "{said}");
    }

    #[test]
    fn a_look_that_would_not_be_counted_is_not_asked_for() {
        let mut loaded = Shipped::find("watchdog").unwrap().source().load().unwrap();
        loaded.document.spec.modalities.iter_mut().for_each(|modality| modality.initial = None);
        let said = conversation_with(&loaded, &["fail"]);
        assert!(said.contains("1  check=fail  →") && !said.contains("deep_probe="), "{said}");
    }

    #[test]
    fn several_may_be_told_at_once_and_a_slip_is_asked_again() {
        let said = conversation(&["check=ok", "fial", "fail", "check=fail deep_probe=dead"]);
        assert!(said.contains("`fail`"), "{said}");
        assert!(said.contains("3  check=fail  deep_probe=dead"), "{said}");
    }

    #[test]
    fn what_was_really_done_is_taken_into_account() {
        let dead = ["check=ok", "check=fail", "check=fail deep_probe=dead", ":done page", "check=fail"];
        let said = conversation(&dead);
        assert!(said.contains("4  check=fail  →"), "{said}");
        let other = conversation(&["check=ok", "check=fail", "check=fail deep_probe=dead", "check=fail"]);
        let fourth = |said: &str| said.lines().find(|line| line.contains("     4  ")).map(str::to_owned);
        assert_ne!(fourth(&said), fourth(&other));
    }
}
