//! The security suite: attacks by category against the real running server, each with what must still work and what must
//! not, and each defence taken away once to see its category's tests fail.
//!
//! # Adding a category, in minutes
//!
//! 1. In the folder of an area (`tokens`, `people`, `factors`, `edge`, `transport`, `input`, `record`, `service`) write
//!    `<category>.rs`, named for the attack (`signature_stripping.rs`), and say `mod <category>;` in the area's `mod.rs`.
//!    Its tests ask the real binary: [`Installation`](crate::api::Installation) starts it, [`Client`](crate::api::Client)
//!    asks, `Beside` reaches into its database; where SQL decides, `on_both_databases!`. At least one test shows that the
//!    honest use works, or the attack would also be "refused" by a server that does nothing.
//! 2. Beside it write `<category>.toml`, the only place where the category is described:
//!
//!    ```toml
//!    title = "Signature stripping"
//!    owasp = ["API2"]                # of OWASP API Security Top 10:2023; [] if none fits
//!    attempted = "What somebody tries, in a sentence."
//!    positive = "What must go on working, in a sentence."
//!    negative = ["one attempt", "another attempt"]   # every one of them is in a test
//!
//!    [[defence]]                     # several are taken away together
//!    what = "what keeps the attack out, in a few words"
//!    file = "crates/axiomcore/src/identity/tokens/verify.rs"
//!    find = "if !is_signed {"        # a text that stands there exactly once
//!    put = "if !is_signed && !GONE {"
//!    ```
//!
//!    `put` is what stands there in the drill's copy, in which `GONE` is true when this category's defence is taken away and
//!    false otherwise; it has to compile. Whoever keeps `find` in `put` leaves it for other categories that need the same
//!    text. What cannot be decided while the program runs, such as a line of a derive, is put there without `GONE`, and then
//!    costs the drill a build of its own.
//!
//! 3. `cargo nextest run -p freeagentics security::generated` says what is missing;
//!    `UPDATE_DOCS=1 cargo nextest run -p freeagentics generated` writes `docs/security-suite.md` anew.
//! 4. `drills/defences/run <area>::<category>` takes the defence away in a copy of the repository, and fails unless at least
//!    one of the category's tests does. The build of the copy, which is one for all categories, takes minutes; the tests of a
//!    category take seconds. It notes the results in `drills/defences/results.toml`, from which the page has them, and a test
//!    says when a result is missing or its defences have changed since. `make defences` does it for all categories.
//!
//! The files beside the tests of the matrix (`api/matrix/<mistake>.toml`) are of the same kind: mistakes with permissions,
//! each of which a test of the matrix has to notice.

mod catalogue;
mod edge;
mod factors;
mod generated;
mod input;
mod people;
mod record;
mod service;
mod tokens;
mod transport;
