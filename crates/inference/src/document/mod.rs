//! The model document: a model as people write it, in YAML or JSON.
//!
//! [`read`] makes a [`Document`] of a text, or reports every problem at once: each with a stable code, a pointer,
//! a position, what is wrong, how to mend it, and, where that needs no knowledge of the world, a JSON Patch.
//!
//! ```
//! use freeagentics_inference::document::{Code, Format, Limits, read};
//!
//! let text = "
//! freeagentics: 1
//! name: lamp
//! factors: { lamp: [good, dying] }
//! modalities: { light: [steady, flicker] }
//! likelihood:
//!   light: { given: [lamp], columns: { good: [.9, .2], dying: flickr } }
//! transition: { lamp: identity }
//! ";
//! let problems = read(text, Format::Yaml, &Limits::default()).unwrap_err().problems;
//! assert_eq!(problems[0].code, Code::SumNotOne);
//! assert_eq!((problems[0].line, problems[0].column), (Some(7), Some(44)));
//! assert_eq!(problems[1].pointer, "/likelihood/light/columns/dying");
//! assert_eq!(problems[1].mend, "write `flicker`, or declare `flickr`");
//! ```
//!
//! Reading goes in stages: text → `tree` of positioned values → `names` (factors, controls, modalities) →
//! tables, preferences, priors, agent, tests, which refer to those names → [`Cost`]. A stage never reports what
//! another one is to blame for: what depends on a broken declaration is left unchecked.

mod agent;
mod code;
mod context;
mod cost;
mod expect;
mod expectation;
mod fields;
mod learning;
mod limits;
mod names;
mod observation;
mod patch;
mod preference;
mod prior;
mod problem;
mod reader;
mod schema;
mod sink;
mod spelling;
mod step;
mod table;
mod text;
mod tree;

pub use code::Code;
pub use cost::Cost;
pub use expectation::{Claim, Expectation};
pub use limits::Limits;
pub use observation::{Observations, Reading};
pub use patch::PatchOp;
pub use problem::{Problem, Problems};
pub use reader::{Document, Format, duplicate_key, read, to_json};
pub use schema::schema;
pub use spelling::closest;
pub use text::from_utf8;
