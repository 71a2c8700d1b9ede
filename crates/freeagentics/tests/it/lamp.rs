//! The small model that tests write down, store and break.

/// A model of two states with one test, sound and small.
pub(crate) const LAMP: &str = "\
freeagentics: 1
name: lamp
factors:    { lamp: { states: [good, dying] } }
controls:   { action: { values: [leave, change] } }
modalities: { light: { values: [steady, flicker] } }
likelihood:
  light: { given: [lamp], columns: { good: { steady: .95, flicker: .05 }, dying: { steady: .3, flicker: .7 } } }
transition:
  lamp:
    given: [lamp]
    by: [action]
    cases:
      change: { columns: { else: good } }
      else: { columns: { good: { good: .99, dying: .01 }, dying: dying } }
preference: { lamp: { dying: -1 }, action: { change: -1.5 } }
prior:      { lamp: [.9, .1] }
agent:      { policy_length: 3, gamma: 4 }
tests:
  - { name: a flicker is not enough, given: [{ light: flicker }], then: { action: leave } }
";

/// The same with three mistakes.
pub(crate) fn broken_lamp() -> String {
    LAMP.replace("given: [lamp], columns", "given: [lmap], columns")
        .replace("good: .99", "good: .999")
        .replace("{ dying: -1 }", "{ diyng: -1 }")
}
