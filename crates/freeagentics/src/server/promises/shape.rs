//! Whether a schema still takes, or still gives, what an earlier one did.

use std::collections::BTreeSet;

use serde_json::Value;

/// What a schema is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// What clients send: it may become wider.
    Asked,
    /// What clients are sent: nothing that they rely on may be missing.
    Answered,
}

/// Two documents, and what the later one does not keep.
pub(super) struct Shapes<'a> {
    then: &'a Value,
    now: &'a Value,
    /// Named schemas that have been compared: they may contain themselves.
    compared: BTreeSet<(String, String, Way)>,
    broken: Vec<String>,
}

impl<'a> Shapes<'a> {
    pub(super) const fn new(then: &'a Value, now: &'a Value) -> Self {
        Self { then, now, compared: BTreeSet::new(), broken: Vec::new() }
    }

    pub(super) fn breaks(&mut self, at: &str, what: &str) {
        self.broken.push(format!("{at}: {what}"));
    }

    pub(super) fn found(self) -> Vec<String> {
        self.broken
    }

    /// Compares two schemas.
    pub(super) fn kept(&mut self, then: &Value, now: &Value, way: Way, at: &str) {
        if let (Some(one), Some(other)) = (name(then), name(now))
            && !self.compared.insert((one.to_owned(), other.to_owned(), way))
        {
            return;
        }
        let (then, now) = (resolved(self.then, then), resolved(self.now, now));
        let (before, after) = (alternatives(&then), alternatives(&now));
        if let ([one], [other]) = (before.as_slice(), after.as_slice()) {
            self.single(one, other, way, at);
            return;
        }
        let lost = match way {
            Way::Asked => before.iter().filter(|one| !after.iter().any(|other| self.is_kept(one, other, way))).count(),
            Way::Answered => {
                after.iter().filter(|other| !before.iter().any(|one| self.is_kept(one, other, way))).count()
            }
        };
        if lost > 0 {
            self.breaks(at, &format!("{lost} of its alternatives are others (null among them)"));
        }
    }

    /// Whether one alternative keeps what another promised.
    fn is_kept(&self, then: &Value, now: &Value, way: Way) -> bool {
        let mut alone = Shapes { compared: self.compared.clone(), ..Self::new(self.then, self.now) };
        alone.kept(then, now, way, "");
        alone.broken.is_empty()
    }

    fn single(&mut self, then: &Value, now: &Value, way: Way, at: &str) {
        self.types(then, now, way, at);
        self.limits(then, now, way, at);
        self.members(then, now, way, at);
        for part in ["items", "additionalProperties"] {
            if then[part].is_object() && now[part].is_object() {
                self.kept(&then[part], &now[part], way, &format!("{at}/*"));
            }
        }
        let parts = |schema: &Value| schema["allOf"].as_array().cloned().unwrap_or_default();
        let (before, after) = (parts(then), parts(now));
        if before.len() != after.len() {
            self.breaks(at, "is made of other parts");
        }
        for (one, other) in before.iter().zip(&after) {
            self.kept(one, other, way, at);
        }
    }

    fn types(&mut self, then: &Value, now: &Value, way: Way, at: &str) {
        let (wide, narrow) = match way {
            Way::Asked => (types(now), types(then)),
            Way::Answered => (types(then), types(now)),
        };
        let fits = |kind: &String, wide: &BTreeSet<String>| {
            wide.contains(kind) || (kind == "integer" && wide.contains("number"))
        };
        match (wide, narrow) {
            (Some(wide), Some(narrow)) => {
                for kind in narrow.iter().filter(|kind| !fits(kind, &wide)) {
                    let what = if way == Way::Asked { "is no longer taken" } else { "was never answered before" };
                    self.breaks(at, &format!("{kind} {what}"));
                }
            }
            (Some(_), None) => self.breaks(at, "has another type"),
            (None, _) => {}
        }
    }

    fn limits(&mut self, then: &Value, now: &Value, way: Way, at: &str) {
        if way == Way::Answered {
            if then.get("format") != now.get("format") {
                self.breaks(at, "has another format");
            }
            return;
        }
        for (limit, sign) in [
            ("maximum", 1.0),
            ("maxLength", 1.0),
            ("maxItems", 1.0),
            ("minimum", -1.0),
            ("minLength", -1.0),
            ("minItems", -1.0),
        ] {
            let bound = |schema: &Value| schema[limit].as_f64().map_or(f64::INFINITY, |bound| sign * bound);
            if bound(now) < bound(then) {
                self.breaks(at, &format!("{limit} is narrower"));
            }
        }
        for rule in ["pattern", "format"] {
            if now.get(rule).is_some() && now.get(rule) != then.get(rule) {
                self.breaks(at, &format!("has another {rule}"));
            }
        }
        if let Some(values) = values(now) {
            let taken = |value: &&Value| !values.contains(value);
            for value in self::values(then).unwrap_or_default().into_iter().filter(taken) {
                self.breaks(at, &format!("{value} is no longer taken"));
            }
            if self::values(then).is_none() {
                self.breaks(at, "takes certain values only");
            }
        }
    }

    fn members(&mut self, then: &Value, now: &Value, way: Way, at: &str) {
        for (name, member) in then["properties"].as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match now["properties"].get(name) {
                Some(other) => self.kept(member, other, way, &at),
                None => self.breaks(&at, "is gone"),
            }
        }
        let (needed, needs) = (required(then), required(now));
        let (lost, what) = match way {
            Way::Asked => (needs.difference(&needed), "is needed now"),
            Way::Answered => (needed.difference(&needs), "may be missing now"),
        };
        for name in lost {
            self.breaks(&format!("{at}/{name}"), what);
        }
        let is_closed = |schema: &Value| schema["additionalProperties"] == false;
        if way == Way::Asked && is_closed(now) && !is_closed(then) {
            self.breaks(at, "takes no other members now");
        }
    }
}

/// The name of a schema that is named.
fn name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()
}

/// The schema itself, where a name stands for it.
fn resolved(document: &Value, schema: &Value) -> Value {
    let place = name(schema).and_then(|name| name.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(schema).clone()
}

/// What a value may be one of.
fn alternatives(schema: &Value) -> Vec<Value> {
    let listed = ["oneOf", "anyOf"].iter().find_map(|kind| schema[kind].as_array());
    listed.cloned().unwrap_or_else(|| vec![schema.clone()])
}

fn types(schema: &Value) -> Option<BTreeSet<String>> {
    match &schema["type"] {
        Value::String(kind) => Some(BTreeSet::from([kind.clone()])),
        Value::Array(kinds) => Some(kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect()),
        _ => None,
    }
}

fn values(schema: &Value) -> Option<Vec<&Value>> {
    schema["enum"].as_array().map(|values| values.iter().collect()).or_else(|| schema.get("const").map(|one| vec![one]))
}

fn required(schema: &Value) -> BTreeSet<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
