//! What was erased is gone, and the chain still holds.

use axiomcore::audit::{AuditError, Entry, Erase, Filter, Named, entries_before};
use axiomcore::clock::{Clock, Timestamp};
use axiomcore::identity::Lapsed;
use serde_json::{Value, json};

use super::{Clerk, Ground, clerk, on_both_databases};

on_both_databases!(
    what_was_erased_is_nowhere_in_the_files_of_the_database,
    what_was_erased_is_gone_and_everything_still_verifies,
    whoever_is_still_there_does_not_wipe_away_what_they_did,
    what_somebody_did_to_what_goes_on_is_told_without_their_name,
    whoever_may_not_any_more_erases_holds_and_releases_nothing,
    entries_are_found_by_who_did_what_to_what_and_when,
);

fn what_was_erased_is_gone_and_everything_still_verifies(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 30);
    bench.finish();
    // Not in the chain yet.
    bench.act(1, "ann", "the last thing");
    assert_eq!(bench.audit.erase_blocking(1, &Erase::Principal("ann".into()), &clerk("officer")).unwrap(), 11);
    assert_eq!(bench.audit.erase_blocking(2, &Erase::Range(3, 5), &clerk("officer")).unwrap(), 3);
    let left = "audit_entries WHERE workspace = 1 AND (principal = 'ann' OR subject = 'the last thing')";
    assert_eq!(bench.count(left), 0);
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.erased, report.entries), (14, 33));
    bench.finish();
    assert!(bench.verify().is_clean());
    assert_eq!(
        bench.audit.erase_blocking(2, &Erase::Range(1, 100), &clerk("eve")).unwrap(),
        7,
        "not those that say so"
    );
    assert!(bench.verify().is_clean());
    // What is left of an erased entry cannot be altered either.
    for alteration in ["at = at + 1", "action = 'thing.take'", "commitment = hash", "principal = 'eve'"] {
        bench.execute("CREATE TABLE kept AS SELECT * FROM audit_entries WHERE workspace = 2", &[]);
        bench.execute(&format!("UPDATE audit_entries SET {alteration} WHERE workspace = 2 AND seq = 4"), &[]);
        let findings = bench.verify().findings;
        assert!(findings.iter().any(|finding| finding.place == super::entry(2, 4)), "{alteration}: {findings:?}");
        bench.execute("DELETE FROM audit_entries WHERE workspace = 2", &[]);
        bench.execute("INSERT INTO audit_entries SELECT * FROM kept", &[]);
        bench.execute("DROP TABLE kept", &[]);
    }
}

fn whoever_is_still_there_does_not_wipe_away_what_they_did(ground: &Ground) {
    let bench = ground.open();
    bench.act(1, "ann", "somebody who is gone");
    bench.act(1, "ann", "somebody who is gone");
    bench.act(1, "bob", "somebody who is gone");
    bench.act(1, "ann", "bob");
    bench.act(1, "ann", "a session");
    let stays = |named: &Named<'_>| {
        let is_access = named.actions().is_some_and(|actions| actions.contains_key("thing.make"));
        named.name() == "ann" || named.name() == "a session" && is_access
    };
    let ann = Clerk { stays: &stays, ..clerk("ann") };
    let erase = |which| bench.audit.erase_blocking(1, &which, &ann);
    assert!(matches!(erase(Erase::Principal("ann".into())), Err(AuditError::StillThere)));
    assert!(matches!(erase(Erase::Subject("ann".into())), Err(AuditError::StillThere)));
    let access = erase(Erase::Subject("a session".into()));
    assert!(matches!(access, Err(AuditError::StillThere)), "it is told what was done to what is to be erased");
    assert_eq!(erase(Erase::Subject("somebody who is gone".into())).unwrap(), 3);
    assert_eq!(bench.count("audit_entries WHERE subject = 'somebody who is gone'"), 0);
    // By what is gone, somebody who is there has done something all the same.
    let said =
        |what: &str| bench.count(&format!("audit_entries WHERE action = 'audit.erase' AND detail LIKE '%{what}%'"));
    let by = r#""by":{"ann":{"thing.make":2},"forgotten-0e9a7ee1c23242ae":{"thing.make":1}}"#;
    assert_eq!(said(&format!(r#""entries":3,"actions":{{"thing.make":3}},{by}"#)), 1);
    // Who is forgotten has done it all the same, and is told from others who are.
    bench.act(1, "bob", "something else");
    bench.act(1, "zoe", "something else");
    assert_eq!(erase(Erase::Subject("something else".into())).unwrap(), 2);
    assert_eq!((said("forgotten-0e9a7ee1c23242ae"), said("forgotten-%forgotten-")), (2, 1));
    assert_eq!(bench.count("audit_entries WHERE principal = 'ann' AND subject = 'bob'"), 1);
    assert!(bench.verify().is_clean());
}

fn what_somebody_did_to_what_goes_on_is_told_without_their_name(ground: &Ground) {
    let bench = ground.open();
    let at = bench.clock.now();
    let give = |connection: &mut dyn axiomcore::store::Connection| {
        let entry = Entry { workspace: 1, at, principal: "bob", action: "key.create" };
        entry.write(connection, "a key", &json!({ "owner": "bob", "names": ["bob", "bobby"], "size": 5 }))?;
        entry.write(connection, "another key", &json!({}))
    };
    bench.database.write_blocking(give).unwrap();
    bench.act(1, "ann", "a key");
    bench.act(1, "bob", "bob");
    let goes_on = |named: &Named<'_>| matches!(named, Named::Done("key.create", "a key"));
    let officer = Clerk { stays: &goes_on, ..clerk("officer") };
    let erase = |name: &str| bench.audit.erase_blocking(1, &Erase::Principal(name.into()), &officer).unwrap();
    assert_eq!(erase("bob"), 3, "all of theirs");
    assert_eq!(erase("bob"), 0, "nor is what was told once more theirs");
    let about_key = Filter { subject: Some("a key".into()), ..Filter::default() };
    let told = bench.database.read_blocking(|c| entries_before(c, 1, &about_key, u64::MAX, 9)).unwrap();
    assert_eq!(told.len(), 2, "what others did to it, and what was told once more: {told:?}");
    let content = told[0].content.as_ref().unwrap();
    assert_eq!((told[0].action.as_str(), content.principal.as_str()), ("audit.restate", "officer"));
    let by = "forgotten-0e9a7ee1c23242ae";
    let expected = json!({ "entry": 1, "at": at.to_string(), "action": "key.create", "by": by,
                           "detail": { "owner": by, "names": [by, "bobby"], "size": 5 } });
    assert_eq!(serde_json::from_str::<Value>(&content.detail).unwrap(), expected);
    assert_eq!(bench.count("audit_entries WHERE principal = 'bob' OR subject IN ('bob', 'another key')"), 0);
    assert_eq!(bench.count("audit_entries WHERE detail LIKE '%\"bob\"%'"), 0);
    // Nor does it go with whoever had it told.
    assert_eq!(erase("officer"), 0);
    bench.finish();
    let report = bench.verify();
    assert!(report.is_clean() && report.erased == 3, "{report:?}");
    bench.execute("UPDATE audit_entries SET detail = replace(detail, 'a key', 'b key'), subject = 'b key' WHERE action = 'audit.restate'", &[]);
    assert!(!bench.verify().is_clean(), "what was told once more is held by the chain as everything is");
}

fn whoever_may_not_any_more_erases_holds_and_releases_nothing(ground: &Ground) {
    let bench = ground.open();
    bench.act(1, "ann", "a thing");
    bench.finish();
    for lapsed in [Lapsed::Ended, Lapsed::Changed] {
        let officer = Clerk { lapsed: Some(lapsed), ..clerk("officer") };
        let erased = bench.audit.erase_blocking(1, &Erase::Principal("ann".into()), &officer);
        assert!(matches!(erased, Err(AuditError::Lapsed(told)) if told == lapsed), "{erased:?}");
        let held = bench.audit.hold_blocking(1, "case 7", &officer);
        assert!(matches!(held, Err(AuditError::Lapsed(told)) if told == lapsed), "{held:?}");
        bench.audit.hold_blocking(1, "case 8", &clerk("another")).unwrap();
        let released = bench.audit.release_blocking(1, &officer);
        assert!(matches!(released, Err(AuditError::Lapsed(told)) if told == lapsed), "{released:?}");
        assert!(bench.audit.release_blocking(1, &clerk("another")).unwrap(), "it was held still");
    }
    bench.finish();
    assert_eq!(bench.count("audit_entries WHERE principal = 'officer'"), 0);
    assert_eq!(bench.count("audit_entries WHERE principal = 'ann'"), 1);
}

/// A server keeps its files to itself.
fn what_was_erased_is_nowhere_in_the_files_of_the_database(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 30);
    bench.act(1, "somebody-to-be-forgotten", "the last thing");
    bench.finish();
    let present = || {
        let files = std::fs::read_dir(ground.folder.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()));
        files.map(|bytes| contains(&bytes.unwrap(), b"somebody-to-be-forgotten")).filter(|found| *found).count()
    };
    assert_eq!(present() > 0, ground.postgres.is_none());
    let forgotten = Erase::Principal("somebody-to-be-forgotten".into());
    bench.audit.erase_blocking(1, &forgotten, &clerk("officer")).unwrap();
    assert_eq!(present(), 0);
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn entries_are_found_by_who_did_what_to_what_and_when(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 30);
    bench.finish();
    let found = |filter: Filter, before: u64, limit: usize| -> Vec<u64> {
        let links = bench.database.read_blocking(|connection| entries_before(connection, 1, &filter, before, limit));
        links.unwrap().iter().map(|link| link.seq).collect()
    };
    let last = u64::MAX;
    assert_eq!(found(Filter::default(), last, 3), [20, 19, 18]);
    assert_eq!(found(Filter::default(), 18, 2), [17, 16]);
    // Of the first workspace: things 0, 1, 3, 4, 6, 7, …; Ann's are the even ones.
    let ann = Filter { principal: Some("ann".into()), ..Filter::default() };
    assert_eq!(found(ann.clone(), last, 3), [20, 17, 16]);
    assert_eq!(found(Filter { subject: Some("thing 3".into()), ..Filter::default() }, last, 9), [3]);
    assert_eq!(found(Filter { action: Some("thing.take".into()), ..Filter::default() }, last, 9), [0; 0]);
    let at = |n: i64| Some(Timestamp(1_700_000_000_000 + 10 * n));
    assert_eq!(found(Filter { since: at(3), until: at(7), ..Filter::default() }, last, 9), [5, 4, 3]);
    assert_eq!(found(Filter { since: at(3), until: at(7), ..ann }, last, 9), [5, 4]);
}
