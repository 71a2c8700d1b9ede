//! One story of API keys, told on both databases.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use axiomcore::clock::{ManualClock, Timestamp};
use axiomcore::identity::{Bootstrap, Config, Identity, KeyError, NewKey, Permissions, Principal, PrincipalKind};
use axiomcore::store::{Database, Location};
use testbed::Postgres;
use tokio::runtime::Runtime;

use crate::opened::{Opened, READ, WRITE};

struct Installation {
    identity: Identity,
    database: Database,
    clock: ManualClock,
    runtime: Runtime,
}

impl Installation {
    fn open(location: &Location, seed: u64) -> Self {
        let clock = ManualClock::new(Timestamp(1_000_000));
        let Opened { identity, database, runtime, .. } = Opened::new(location, &Config::default(), &clock, seed, None);
        Self { identity, database, clock, runtime }
    }

    fn who(&self, token: &str) -> Option<Arc<Principal>> {
        self.runtime.block_on(self.identity.authenticate(token)).unwrap()
    }

    /// What starts did, and to which key, as the record has it.
    fn by_start(&self) -> Vec<(String, String)> {
        let sql = "SELECT action, subject FROM outbox WHERE principal = 'start' ORDER BY id";
        let rows = self.database.read_blocking(|connection| connection.query(sql, &[])).unwrap();
        rows.into_iter().map(|mut row| (row.text(0).unwrap(), row.text(1).unwrap())).collect()
    }

    fn the_only_key(&self) -> String {
        let rows =
            self.database.read_blocking(|connection| connection.query("SELECT id FROM credentials", &[])).unwrap();
        rows.into_iter().next().unwrap().text(0).unwrap()
    }

    fn create(&self, maker: &Principal, permissions: Permissions, expires_at: Option<Timestamp>) -> (String, String) {
        let new = NewKey { name: "a program".into(), permissions, expires_at };
        let created = self.runtime.block_on(self.identity.create_key(maker, new)).unwrap();
        (created.key.id, created.text.expose().clone())
    }
}

fn story(location: &Location) {
    let here = Installation::open(location, 1);
    let Bootstrap::Created(key) = here.identity.bootstrap(None).unwrap() else { panic!("an empty database") };
    assert!(matches!(here.identity.bootstrap(None).unwrap(), Bootstrap::Unchanged));
    assert_eq!(here.by_start(), [("key.create".to_owned(), here.the_only_key())]);
    let admin = here.who(key.expose()).unwrap();
    assert_eq!((admin.workspace, admin.kind, &admin.permissions), (1, PrincipalKind::ApiKey, &Permissions::Every));
    a_wrong_key_is_nobody(&here, key.expose());
    a_part_of_the_service_has_one_key_and_the_last_one_counts(&here, &admin);
    nobody_hands_on_more_than_they_have(&here, &admin);
    a_key_ends_when_it_expires(&here, &admin);
    a_revoked_key_ends_at_once_here_and_soon_elsewhere(&here, &Installation::open(location, 2), &admin);
    use_is_recorded_now_and_then(&here, &admin);
    no_secret_is_stored(&here, key.expose());
    here.database.close();
}

fn a_wrong_key_is_nobody(here: &Installation, good: &str) {
    let mut other = good.to_owned();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    let elsewhere = good.replacen("fa_1_", "fa_2_", 1);
    for token in [other.as_str(), &elsewhere, "", "fa_1_0_0", &good[..40], &"x".repeat(100_000)] {
        assert_eq!(here.who(token), None, "{:.90}", token);
    }
}

fn a_part_of_the_service_has_one_key_and_the_last_one_counts(here: &Installation, admin: &Principal) {
    let own = || here.identity.own_key("part", Permissions::only(&[READ])).unwrap();
    let first = own();
    assert_eq!(here.who(first.expose()).unwrap().id, "part");
    let second = own();
    assert!(here.who(first.expose()).is_none(), "its key of before works no longer");
    let part = here.who(second.expose()).unwrap();
    assert!(part.permissions.has(READ) && !part.permissions.has(WRITE));
    let keys = here.runtime.block_on(here.identity.list_keys(admin)).unwrap();
    assert_eq!(keys.iter().filter(|key| key.name == "part").count(), 1);
    let told = here.by_start();
    let part = |action: &str| (action.to_owned(), "part".to_owned());
    assert_eq!(told[1..], [part("key.create"), part("key.replace")]);
    a_key_from_a_file_is_on_record_whenever_it_is_another(here);
}

fn a_key_from_a_file_is_on_record_whenever_it_is_another(here: &Installation) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    for text in
        ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
    {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        here.identity.bootstrap(Some(&file)).unwrap();
    }
    let entry = |action: &str| (action.to_owned(), "bootstrap".to_owned());
    assert_eq!(here.by_start()[3..], [entry("key.create"), entry("key.replace")], "the same text is none anew");
}

fn nobody_hands_on_more_than_they_have(here: &Installation, admin: &Principal) {
    let (id, text) = here.create(admin, Permissions::only(&[READ]), None);
    let reader = here.who(&text).unwrap();
    assert_eq!((&reader.id, &reader.permissions), (&id, &Permissions::only(&[READ])));
    for too_much in [Permissions::only(&[READ, WRITE]), Permissions::Every] {
        let new = NewKey { name: "more".into(), permissions: too_much, expires_at: None };
        let refused = here.runtime.block_on(here.identity.create_key(&reader, new));
        assert!(matches!(refused, Err(KeyError::TooMuch)));
    }
}

fn a_key_ends_when_it_expires(here: &Installation, admin: &Principal) {
    let expiry = Timestamp(1_000_000).plus(Duration::from_secs(10));
    let (_, text) = here.create(admin, Permissions::only(&[READ]), Some(expiry));
    assert!(here.who(&text).is_some());
    here.clock.advance(Duration::from_millis(9_999));
    assert!(here.who(&text).is_some());
    here.clock.advance(Duration::from_millis(1));
    assert!(here.who(&text).is_none(), "although it is remembered");
}

fn a_revoked_key_ends_at_once_here_and_soon_elsewhere(here: &Installation, there: &Installation, admin: &Principal) {
    let (id, text) = here.create(admin, Permissions::only(&[READ]), None);
    assert!(here.who(&text).is_some() && there.who(&text).is_some());
    let (holder, still) = (there.who(&text).unwrap(), |holder| there.runtime.block_on(there.identity.current(holder)));
    assert_eq!(still(&holder).unwrap().as_ref(), Some(&*holder));
    let stranger = Principal { workspace: 2, key: None, ..admin.clone() };
    let revoke = |principal: &Principal| here.runtime.block_on(here.identity.revoke_key(principal, &id)).unwrap();
    assert!(!revoke(&stranger), "a key of another workspace is not there");
    assert!(here.who(&text).is_some());
    assert!(revoke(admin) && !revoke(admin));
    assert!(here.who(&text).is_none());
    assert_eq!(still(&holder).unwrap(), None, "whoever keeps a stream open has it looked up again");
    there.clock.advance(Duration::from_secs(31));
    assert!(there.who(&text).is_none());
    there.database.close();
}

fn use_is_recorded_now_and_then(here: &Installation, admin: &Principal) {
    let (id, text) = here.create(admin, Permissions::only(&[READ]), None);
    let last_used = || {
        let keys = here.runtime.block_on(here.identity.list_keys(admin)).unwrap();
        keys.into_iter().find(|key| key.id == id).unwrap().last_used_at
    };
    here.clock.advance(Duration::from_secs(60));
    here.who(&text).unwrap();
    assert_eq!(last_used(), None, "a request writes nothing");
    here.runtime.block_on(here.identity.record_use()).unwrap();
    assert_eq!(last_used(), Some(Timestamp(1_070_000)));
}

fn no_secret_is_stored(here: &Installation, key: &str) {
    let secret = key.rsplit('_').next().unwrap();
    let dump =
        here.database.read_blocking(|c| c.query("SELECT id, name, fingerprint, permissions FROM credentials", &[]));
    assert!(!format!("{:?}", dump.unwrap()).contains(secret));
}

#[test]
fn the_story_of_keys_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("identity.db")));
}

#[test]
fn the_story_of_keys_holds_on_postgresql() {
    let server = Postgres::start();
    story(&Location::Postgres(server.url()));
}

#[test]
fn nodes_that_start_at_once_make_one_administrators_key() {
    let server = Postgres::start();
    let location = Location::Postgres(server.url());
    let nodes: Vec<Installation> = (1..=6).map(|seed| Installation::open(&location, seed)).collect();
    let together = Barrier::new(nodes.len());
    let start = |node: &Installation| {
        together.wait();
        matches!(node.identity.bootstrap(None).unwrap(), Bootstrap::Created(_))
    };
    let created: usize = std::thread::scope(|scope| {
        let started: Vec<_> = nodes.iter().map(|node| scope.spawn(|| start(node))).collect();
        started.into_iter().map(|node| usize::from(node.join().unwrap())).sum()
    });
    assert_eq!(created, 1);
}
