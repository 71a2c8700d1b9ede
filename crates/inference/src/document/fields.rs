//! The keys of every part of the format, in one place: the reader and the schema both go by these tables.

use super::code::Code;
use super::expect::{self, clip, either};
use super::problem::Problem;
use super::sink::{Sink, rename_key};
use super::tree::Place;

/// A key of the format.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) required: bool,
    pub(super) about: &'static str,
}

/// A map with fixed keys.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) fields: &'static [Field],
}

const fn required(key: &'static str, about: &'static str) -> Field {
    Field { key, required: true, about }
}

const fn optional(key: &'static str, about: &'static str) -> Field {
    Field { key, required: false, about }
}

pub(super) static DOCUMENT: Part = Part {
    fields: &[
        required("freeagentics", "Version of this format: 1."),
        required("name", "The model's name."),
        optional("description", "What the model is about, for people."),
        required("factors", "Hidden-state factors: what the agent cannot see directly, with their states."),
        optional(
            "controls",
            "What the agent can set at each step, with the values; none for an agent that only watches.",
        ),
        required("modalities", "What the agent observes: values by name, or numbers in bins."),
        required("likelihood", "For each modality, how probable each observation is in each state (A)."),
        required("transition", "For each factor, how its state changes from step to step (B)."),
        optional("preference", "What the agent wants, in nats; what is not named is 0 (C)."),
        optional("prior", "For each factor, a distribution over its states at the start; without it, uniform (D)."),
        optional("learning", "What the agent learns about its own tables, and how much it trusts them to begin with."),
        optional("agent", "How the agent plans and chooses."),
        optional("tests", "Expectations that travel with the model."),
    ],
};

pub(super) static FACTOR: Part = Part { fields: &[required("states", "The states, in the order of the tables.")] };

pub(super) static CONTROL: Part = Part { fields: &[required("values", "The values, in the order of the tables.")] };

pub(super) static MODALITY: Part = Part {
    fields: &[
        optional("values", "The observations, in the order of the tables."),
        optional("bins", "For numbers: intervals [low, high) by name, ascending and without gaps."),
        optional("unit", "The unit of the numbers, for people."),
    ],
};

pub(super) static LIKELIHOOD: Part = Part {
    fields: &[
        required("given", "The factors it depends on, and the controls that preceded the observation."),
        optional("initial", "The values of those controls taken to precede the first observation of an episode."),
        optional("table", "[observation][given…], or `identity` or `uniform`."),
        optional("columns", "A distribution for each case, nested by name in the order of `given`."),
        optional("cases", "A table for each value of the controls in `given`."),
        optional("noise", "Mixes every column with the uniform one: (1 − noise) · p + noise / n."),
    ],
};

pub(super) static TRANSITION: Part = Part {
    fields: &[
        optional("given", "The factors it depends on; without it, the factor itself."),
        optional("by", "The controls it depends on."),
        optional("table", "[next][given…][by…], or `identity` or `uniform`."),
        optional("columns", "A distribution for each case, nested by name in the order of `given`, then `by`."),
        optional("cases", "A table for each value of the controls in `by`."),
        optional("noise", "Mixes every column with the uniform one: (1 − noise) · p + noise / n."),
    ],
};

pub(super) static CASE: Part = Part {
    fields: &[
        optional("table", "Dense nested list over the factors, or `identity` or `uniform`."),
        optional("columns", "A distribution for each case, nested by name."),
        optional("noise", "Mixes every column with the uniform one: (1 − noise) · p + noise / n."),
    ],
};

pub(super) static JOINT: Part = Part {
    fields: &[
        required("over", "Factors and controls, in the order of `values`."),
        optional(
            "at",
            "`before` or `after`: which states it looks at, those in which the action is taken or those after it.",
        ),
        required("values", "Nats, nested by name (with `else`) or as lists; what is not named is 0."),
    ],
};

pub(super) static LEARNING: Part = Part {
    fields: &[
        optional("likelihood", "Modalities whose likelihood is learnt: a strength, or a map with one (A)."),
        optional("transition", "Factors whose transition is learnt: a strength, or a map with one (B)."),
        optional("prior", "Factors whose prior is learnt: a strength, or a map with one (D)."),
        optional("habits", "That habits are learnt: a strength, or a map with one (E)."),
    ],
};

pub(super) static LESSON: Part = Part {
    fields: &[
        required(
            "strength",
            "How many observations each column is worth: one number, or numbers by case (with `else`).",
        ),
        optional("rate", "What one observation adds; default 1."),
        optional("forgetting", "The share of what was learnt that is forgotten at each update; default 0."),
    ],
};

pub(super) static GOAL: Part = Part {
    fields: &[
        required("reach", "States to be reached: {factor: state} or {factor: [states]}."),
        optional("within", "Steps within which they are looked for; default 32."),
        optional("threshold", "How probable a move must be to count on it; default 0.1."),
        optional("weight", "Between 0 and 1: being led away costs −ln of it in nats; default 0.001."),
    ],
};

pub(super) static SEARCH: Part = Part {
    fields: &[
        required("depth", "How many steps the search looks ahead."),
        optional("nodes", "How many beliefs one decision may expand; default 10000."),
        optional("prune_actions", "Actions that would be chosen this rarely are not looked at any deeper; default 0."),
        optional("prune_outcomes", "Observations this improbable are left out; default 0."),
        optional(
            "backup",
            "`expected`: each action counts as often as it would be chosen; `best`: only the best counts.",
        ),
        optional("sure", "The search ends when the choice is clearer than this many nats; default 0, never."),
        optional("every", "How many steps a plan is followed before the agent plans anew; default 1."),
        optional("surprise", "It plans anew at once when an observation fits worse than this; default 0, never."),
    ],
};

pub(super) static LOOK_BACK: Part = Part {
    fields: &[
        required("steps", "How many steps are inferred together, the present one among them."),
        optional("by", "`smoothing`, `variational` or `marginal` messages; default `smoothing`."),
    ],
};

pub(super) static AGENT: Part = Part {
    fields: &[
        optional("policy_length", "How many steps a plan looks ahead; every sequence of actions is weighed."),
        optional("policies", "The plans that are weighed, when not every sequence is."),
        optional("habits", "A weight per policy, or per value of the only control (E)."),
        optional("gamma", "How sharply the choice follows the expected free energy; default 1."),
        optional("alpha", "How sharply a sampled choice follows the posterior; default 1."),
        optional("discount", "In (0, 1]; multiplies each later step of a plan once more; default 1."),
        optional("mode", "`full` chooses a plan, `marginal` each control by itself; default `full`."),
        optional("selection", "`deterministic` or `sampled`; default `deterministic`."),
        optional("idle", "The control values taken to hold in further ticks when more than one has elapsed."),
        optional("impossible", "`warn` or `refuse` an observation that the model says cannot happen; default `warn`."),
        optional("learns", "`online` at every step, by `episode`, or `never` any more; default `online`."),
        optional("novelty", "`weigh` or `ignore` what a plan would teach about the model; default `weigh`."),
        optional("information", "`weigh` or `ignore` what a plan would teach about the states; default `weigh`."),
        optional("goal", "States to be reached, however far away."),
        optional("look_back", "Infers the last steps together, and learns from each when it leaves the window."),
        optional("search", "Looks for plans that depend on what will be observed; policies are then single actions."),
    ],
};

pub(super) static TEST: Part = Part {
    fields: &[
        optional("name", "What is tested, for people."),
        required("given", "Observations in order."),
        required("then", "What must hold after the last of them."),
    ],
};

pub(super) static THEN: Part = Part {
    fields: &[
        optional("action", "The action chosen: a value, a list of acceptable ones, or either by control."),
        optional("not", "What must not be chosen: a value, a list of them, or either by control."),
        optional("most_likely", "The most probable state of a factor."),
        optional("beliefs", "Bounds on the probability of a state: {factor: {state: {at_least, at_most}}}."),
    ],
};

pub(super) static BOUNDS: Part = Part {
    fields: &[
        optional("at_least", "Smallest probability that is right."),
        optional("at_most", "Largest probability that is right."),
    ],
};

/// The keys of a part that a document has.
#[derive(Debug)]
pub(super) struct Fields<'t> {
    pub(super) place: Place<'t>,
    found: Vec<(&'static str, Place<'t>)>,
}

impl<'t> Fields<'t> {
    pub(super) fn get(&self, key: &str) -> Option<Place<'t>> {
        self.found.iter().find(|(found, _)| *found == key).map(|&(_, place)| place)
    }
}

impl Part {
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys().any(|known| known == key)
    }

    /// Reads the keys; one that is misspelt is reported and taken for the one that was meant.
    pub(super) fn read<'t>(&self, sink: &Sink, place: Place<'t>, subject: &str) -> Option<Fields<'t>> {
        self.read_beside(sink, place, subject, |_| false)
    }

    /// The same for a map that has other entries beside those of this part.
    pub(super) fn read_beside<'t>(
        &self,
        sink: &Sink,
        place: Place<'t>,
        subject: &str,
        is_other: impl Fn(Place<'t>) -> bool,
    ) -> Option<Fields<'t>> {
        let keys: Vec<&str> = self.keys().collect();
        if !expect::map(sink, place, subject, &format!("a map with {}", either(&keys))) {
            return None;
        }
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for child in place.children().filter(|&child| !is_other(child)) {
            let key = child.key().map(|word| word.text).unwrap_or_default();
            match self.fields.iter().find(|field| field.key == key) {
                Some(field) => found.push((field.key, child)),
                None => unknown.push(child),
            }
        }
        for child in unknown {
            let free = || self.fields.iter().map(|field| field.key).filter(|key| !found.iter().any(|(k, _)| k == key));
            let key = child.key().map(|word| word.text).unwrap_or_default();
            let meant =
                sink.suggest(&key, free()).and_then(|meant| self.fields.iter().find(|field| field.key == meant));
            sink.report(unknown_key(child, &key, subject, &keys, meant.map(|field| field.key)));
            found.extend(meant.map(|field| (field.key, child)));
        }
        let fields = Fields { place, found };
        for field in self.fields.iter().filter(|field| field.required && fields.get(field.key).is_none()) {
            let message = format!("{subject} lacks `{}`", field.key);
            let mend = format!("add `{}`: {}", field.key, field.about);
            sink.report(Problem::at(place.spot(), Code::MissingKey, message, mend).expected(field.key));
        }
        Some(fields)
    }
}

fn unknown_key(child: Place<'_>, key: &str, subject: &str, keys: &[&str], meant: Option<&str>) -> Problem {
    let spot = child.key_spot();
    let key = clip(key);
    let patch = meant.map(|meant| rename_key(&spot, meant));
    let mend = match meant {
        Some(meant) => format!("write `{meant}`"),
        None => format!("remove it; the keys here are {}", either(keys)),
    };
    Problem::at(spot, Code::UnknownKey, format!("{subject} has no key `{key}`"), mend)
        .expected(keys.to_vec())
        .found(key)
        .patch_if(patch)
}
