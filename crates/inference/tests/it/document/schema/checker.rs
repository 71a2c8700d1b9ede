//! As much of JSON Schema 2020-12 as the schema of the format uses, written out. A keyword that it does not know is an
//! error, so that no part of the schema goes unchecked.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

pub(super) struct Checker<'s> {
    schema: &'s Value,
}

impl<'s> Checker<'s> {
    pub(super) fn new(schema: &'s Value) -> Self {
        Self { schema }
    }

    pub(super) fn accepts(&self, value: &Value) -> bool {
        self.satisfies(value, self.schema)
    }

    fn satisfies(&self, value: &Value, schema: &Value) -> bool {
        let schema = schema.as_object().unwrap();
        schema.iter().all(|(keyword, argument)| self.keyword(value, keyword, argument, schema))
    }

    fn keyword(&self, value: &Value, keyword: &str, argument: &Value, schema: &Map<String, Value>) -> bool {
        let all = || argument.as_array().unwrap().iter();
        let number =
            |inside: fn(f64, f64) -> bool| value.as_f64().is_none_or(|x| inside(x, argument.as_f64().unwrap()));
        let bound = usize::try_from(argument.as_u64().unwrap_or_default()).unwrap();
        match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = argument.as_str().unwrap().strip_prefix('#').unwrap();
                self.satisfies(
                    value,
                    self.schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not defined")),
                )
            }
            "anyOf" => all().any(|schema| self.satisfies(value, schema)),
            "oneOf" => all().filter(|schema| self.satisfies(value, schema)).count() == 1,
            "not" => !self.satisfies(value, argument),
            "const" => value == argument,
            "enum" => all().any(|choice| choice == value),
            "type" => argument
                .as_array()
                .map_or_else(|| is_of_type(value, argument), |types| types.iter().any(|t| is_of_type(value, t))),
            "pattern" => {
                value.as_str().is_none_or(|text| Regex::new(argument.as_str().unwrap()).unwrap().is_match(text))
            }
            "minimum" => number(|x, low| x >= low),
            "maximum" => number(|x, high| x <= high),
            "exclusiveMinimum" => number(|x, low| x > low),
            "minItems" => value.as_array().is_none_or(|items| items.len() >= bound),
            "maxItems" => value.as_array().is_none_or(|items| items.len() <= bound),
            "uniqueItems" => value
                .as_array()
                .is_none_or(|items| items.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() == items.len()),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.satisfies(item, argument))),
            "minProperties" => value.as_object().is_none_or(|map| map.len() >= bound),
            "required" => value.as_object().is_none_or(|map| all().all(|key| map.contains_key(key.as_str().unwrap()))),
            "propertyNames" => value
                .as_object()
                .is_none_or(|map| map.keys().all(|key| self.satisfies(&Value::String(key.clone()), argument))),
            "properties" => value.as_object().is_none_or(|map| {
                map.iter().all(|(key, value)| argument.get(key).is_none_or(|schema| self.satisfies(value, schema)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|map| {
                let known = schema.get("properties");
                let others = map.iter().filter(|(key, _)| known.is_none_or(|known| known.get(key).is_none()));
                others.into_iter().all(|(_, value)| argument != &Value::Bool(false) && self.satisfies(value, argument))
            }),
            _ => panic!("the checker does not know the keyword {keyword}"),
        }
    }
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|x| x.fract() == 0.0),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        name => panic!("{name} is no type"),
    }
}
