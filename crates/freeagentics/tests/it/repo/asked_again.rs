//! What somebody asks of identity is written where they are looked up once more: in `Identity::settle`.

use super::{Source, assert_none, sources};

const IDENTITY: &str = "crates/axiomcore/src/identity/";

/// Files that write otherwise, how often, and why.
const OTHERWISE: [(&str, usize, &str); 13] = [
    ("transaction.rs", 1, "this is where it is done"),
    ("tokens/rotation.rs", 1, "keys are also made when it is time; whoever asks for one is looked up there"),
    ("bootstrap.rs", 2, "a start asks nobody"),
    ("keys.rs", 1, "a start makes the keys of the service's own parts"),
    ("service.rs", 2, "a start; when credentials were last used"),
    ("attempts/secret.rs", 1, "a start makes the secret that failures are counted under"),
    ("changes/mod.rs", 1, "old lines are forgotten"),
    ("sessions/manage.rs", 1, "old sessions are forgotten"),
    ("sessions/enter.rs", 1, "who comes in shows a password"),
    ("sessions/sign_in.rs", 2, "who comes in shows what it takes, in that transaction"),
    ("sessions/refresh.rs", 2, "a refresh token is what is looked up"),
    ("users/forgotten.rs", 1, "whoever asks shows nothing, and gets nothing"),
    ("mail/delivery.rs", 3, "letters are sent"),
];

#[test]
fn whatever_somebody_asks_of_identity_is_written_where_they_are_looked_up_once_more() {
    assert_none(&complaints(&sources()));
}

#[test]
fn a_planted_way_around_is_found() {
    let planted = [
        ("keys.rs", "database.write(a); parts.database.write_blocking(b)"),
        ("roles/manage.rs", "self.0.parts.database.write(move |connection| {"),
        ("services/manage.rs", "database\n    .write_blocking(|connection| {"),
    ];
    for (file, text) in planted {
        assert_eq!(complaints(&[Source::new(&format!("{IDENTITY}{file}"), text)]).len(), 1, "{file}");
    }
}

fn complaints(sources: &[Source]) -> Vec<String> {
    let own = sources.iter().filter_map(|source| Some((source.path.strip_prefix(IDENTITY)?, &source.text)));
    let found =
        own.map(|(file, text)| (file, ["database.write(", "write_blocking("].map(|way| text.matches(way).count())));
    let too_many = found.filter_map(|(file, [one, other])| {
        let known = OTHERWISE.iter().find(|(known, ..)| *known == file).map_or(0, |(_, times, _)| *times);
        let times = one + other;
        (times > known).then(|| format!("{IDENTITY}{file}: writes {times} times by itself; `settle` asks once more"))
    });
    too_many.collect()
}
