//! One story of access tokens, refresh tokens and revocation, told on both databases by two nodes that share one.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use axiomcore::clock::{ManualClock, Timestamp};
use axiomcore::config::{ByteSize, Secret};
use axiomcore::identity::{
    Bootstrap, CameBy, Config, Identity, NewUser, Origin, Principal, RefreshError, Refreshed, SignIn, SignInOutcome,
    SignedIn, Way,
};
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use testbed::Postgres;
use tokio::runtime::Runtime;

use crate::opened::Opened;

const PASSWORD: &str = "correct horse battery";
const MINUTE: Duration = Duration::from_secs(60);

struct Node {
    identity: Identity,
    database: Database,
    clock: ManualClock,
    metrics: Metrics,
    runtime: Runtime,
}

impl Node {
    fn open(location: &Location, clock: &ManualClock, seed: u64) -> Self {
        // Small ones, so that making them takes no time.
        let config = Config { signing_key_bits: 2048, password_memory: ByteSize::mib(8), ..Config::default() };
        let Opened { identity, database, metrics, runtime, .. } = Opened::new(location, &config, clock, seed, None);
        Self { identity, database, clock: clock.clone(), metrics, runtime }
    }

    fn join(&self, email: &str) {
        let root = match self.identity.bootstrap(None).unwrap() {
            Bootstrap::Created(key) => self.who(key.expose()).unwrap(),
            other => panic!("{other:?}"),
        };
        let new = NewUser { email: email.into(), name: "Ann".into(), roles: vec!["admin".into()] };
        let (_, ticket) = self.runtime.block_on(self.identity.invite(&root, new)).unwrap();
        self.runtime.block_on(self.identity.accept(ticket.text.expose(), Secret::new(PASSWORD.into()))).unwrap();
    }

    fn sign_in(&self, way: Way) -> SignedIn {
        let (email, password) = ("ann@example.org".into(), Secret::new(PASSWORD.into()));
        let wanted =
            SignIn { workspace: None, email, password, proof: None, device: None, origin: Origin::default(), way };
        match self.runtime.block_on(self.identity.sign_in(wanted)).unwrap() {
            SignInOutcome::SignedIn(signed_in) => *signed_in,
            other => panic!("{other:?}"),
        }
    }

    fn who(&self, text: &str) -> Option<Arc<Principal>> {
        self.runtime.block_on(self.identity.authenticate(text)).unwrap()
    }

    fn refresh(&self, text: &Secret<String>) -> Result<Refreshed, RefreshError> {
        self.runtime.block_on(self.identity.refresh(text.expose()))
    }

    fn hear(&self) -> usize {
        self.runtime.block_on(self.identity.follow_changes()).unwrap()
    }

    fn lookups(&self) -> u64 {
        let text = self.metrics.render();
        let line = text.lines().find(|line| line.starts_with("identity_lookups_total ")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64
    }

    fn recorded(&self, action: &str) -> usize {
        let sql = "SELECT subject FROM outbox WHERE action = $1";
        self.database.read_blocking(|connection| connection.query(sql, &[action.into()])).unwrap().len()
    }

    /// The names of the keys that are published, and the one that signs.
    fn keys(&self) -> (Vec<String>, String) {
        let sql = "SELECT id FROM signing_keys ORDER BY active_from";
        let mut rows = self.database.read_blocking(|connection| connection.query(sql, &[])).unwrap();
        let token = self.sign_in(Way::Tokens).token.unwrap();
        (rows.iter_mut().map(|row| row.text(0).unwrap()).collect(), kid(token.text.expose()))
    }
}

fn kid(token: &str) -> String {
    use base64::Engine as _;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn story(location: &Location) {
    let clock = ManualClock::new(Timestamp(1_800_000_000_000));
    let (here, there) = (Node::open(location, &clock, 1), Node::open(location, &clock, 2));
    here.join("ann@example.org");
    a_token_is_good_for_ten_minutes_everywhere(&here, &there);
    a_refresh_token_is_good_once_and_showing_it_again_ends_the_session(&here, &there);
    who_makes_up_a_refresh_token_ends_nothing(&here);
    of_many_that_refresh_at_once_one_is_first(&here);
    who_has_just_come_in_is_known_without_asking_and_forgotten_like_anybody(&here, &there);
    what_one_node_ends_the_other_forgets_without_asking_for_each_request(&here, &there);
    a_node_that_hears_nothing_trusts_nothing_that_it_remembers(&here, &there);
    a_new_key_is_published_before_it_signs_and_logs_nobody_out(&here, &there);
    a_key_that_has_leaked_is_worth_nothing_at_once(&here, &there);
    here.database.close();
    there.database.close();
}

fn a_token_is_good_for_ten_minutes_everywhere(here: &Node, there: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let token = signed_in.token.unwrap().text.expose().clone();
    for node in [here, there] {
        let principal = node.who(&token).unwrap();
        let came = (principal.id.as_str(), principal.session.as_deref(), principal.came_by);
        assert_eq!(came, (&*signed_in.user.id, Some(&*signed_in.session.id), CameBy::Token));
    }
    assert!(here.who(signed_in.text.expose()).is_none(), "a refresh token opens nothing");
    here.clock.advance(10 * MINUTE - Duration::from_millis(1));
    assert!(here.who(&token).is_some());
    here.clock.advance(Duration::from_millis(1));
    assert!(here.who(&token).is_none() && there.who(&token).is_none());
    let refreshed = there.refresh(&signed_in.text).unwrap();
    assert!(here.who(refreshed.token.text.expose()).is_some());
}

fn a_refresh_token_is_good_once_and_showing_it_again_ends_the_session(here: &Node, there: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let second = here.refresh(&signed_in.text).unwrap();
    let third = there.refresh(&second.text).unwrap();
    let bystander = here.sign_in(Way::Tokens);
    assert!(here.who(third.token.text.expose()).is_some());
    assert!(matches!(here.refresh(&signed_in.text), Err(RefreshError::Refused)));
    assert!(matches!(there.refresh(&third.text), Err(RefreshError::Refused)), "its owner has to sign in again");
    assert!(here.who(third.token.text.expose()).is_none());
    assert!(here.who(bystander.token.unwrap().text.expose()).is_some(), "their other sessions go on");
    assert_eq!(here.recorded("session.reuse"), 1, "it is on record");
    assert!(matches!(here.refresh(&signed_in.text), Err(RefreshError::Refused)));
    assert_eq!(here.recorded("session.reuse"), 1, "once");
}

fn who_makes_up_a_refresh_token_ends_nothing(here: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let text = signed_in.text.expose();
    let (session, rest) = text.strip_prefix("far_").unwrap().split_once('_').unwrap();
    let (family, secret) = rest.split_once('_').unwrap();
    let zeros = |n| "0".repeat(n);
    for made_up in [
        format!("far_{session}_{}_{secret}", zeros(32)),
        format!("far_{session}_{}_{}", zeros(32), zeros(64)),
        format!("far_{}_{family}_{secret}", zeros(32)),
        format!("fas_{session}_{secret}"),
        text[..text.len() - 1].to_owned(),
        format!("{text}_"),
    ] {
        assert!(matches!(here.refresh(&Secret::new(made_up)), Err(RefreshError::Refused)));
    }
    let cookie = here.sign_in(Way::Cookie);
    assert!(matches!(here.refresh(&cookie.text), Err(RefreshError::Refused)));
    assert!(here.refresh(&signed_in.text).is_ok());
}

fn of_many_that_refresh_at_once_one_is_first(here: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let (together, n) = (Barrier::new(6), 6);
    let won: Vec<Refreshed> = std::thread::scope(|scope| {
        let refresh = || {
            together.wait();
            here.runtime.handle().block_on(here.identity.refresh(signed_in.text.expose())).ok()
        };
        let all: Vec<_> = (0..n).map(|_| scope.spawn(refresh)).collect();
        all.into_iter().filter_map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(won.len(), 1);
    assert!(here.who(won[0].token.text.expose()).is_none(), "the others have shown an old one, which ends the session");
}

fn who_has_just_come_in_is_known_without_asking_and_forgotten_like_anybody(here: &Node, there: &Node) {
    here.hear();
    let [one, two] = [Way::Tokens, Way::Cookie].map(|way| here.sign_in(way));
    let next = here.refresh(&one.text).unwrap();
    let texts = [one.token.as_ref().unwrap().text.expose(), next.token.text.expose(), two.text.expose()];
    let before = here.lookups();
    let known = texts.map(|text| here.who(text).unwrap());
    assert_eq!(here.lookups(), before);
    // It is the same as what a look into the database finds.
    let found = texts.map(|text| there.who(text).unwrap());
    assert_eq!(known, found);
    there.runtime.block_on(there.identity.end_sessions(&found[0])).unwrap();
    here.hear();
    assert!(texts.iter().all(|text| here.who(text).is_none()));
}

fn what_one_node_ends_the_other_forgets_without_asking_for_each_request(here: &Node, there: &Node) {
    let [one, two] = [Way::Tokens, Way::Cookie].map(|way| here.sign_in(way));
    let texts = [one.token.as_ref().unwrap().text.expose(), two.text.expose()];
    there.hear();
    assert!(texts.iter().all(|text| there.who(text).is_some()));
    let before = there.lookups();
    for _ in 0..100 {
        assert!(texts.iter().all(|text| there.who(text).is_some()));
    }
    assert_eq!(there.lookups(), before, "a request does not ask the database");
    let ann = here.who(texts[0]).unwrap();
    here.runtime.block_on(here.identity.end_sessions(&ann)).unwrap();
    assert!(there.who(texts[0]).is_some(), "nobody has told it yet");
    assert_eq!(there.hear(), 1);
    assert!(texts.iter().all(|text| there.who(text).is_none() && here.who(text).is_none()));
}

fn a_node_that_hears_nothing_trusts_nothing_that_it_remembers(here: &Node, there: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let token = signed_in.token.unwrap().text.expose().clone();
    there.hear();
    let ann = there.who(&token).unwrap();
    here.runtime.block_on(here.identity.end_session(&ann, &signed_in.session.id)).unwrap();
    there.clock.advance(Duration::from_secs(5));
    assert!(there.who(&token).is_some(), "within five seconds it may not know");
    there.clock.advance(Duration::from_millis(1));
    assert!(there.who(&token).is_none(), "after that it asks");
    let token = here.sign_in(Way::Tokens).token.unwrap().text.expose().clone();
    let before = there.lookups();
    assert!(there.who(&token).is_some() && there.who(&token).is_some());
    assert_eq!(there.lookups(), before + 2, "each time");
    there.hear();
    assert!(there.who(&token).is_some() && there.who(&token).is_some());
    assert_eq!(there.lookups(), before + 3, "until it hears again");
}

fn a_new_key_is_published_before_it_signs_and_logs_nobody_out(here: &Node, there: &Node) {
    let (before, first) = here.keys();
    assert_eq!(before, std::slice::from_ref(&first));
    let old = there.sign_in(Way::Tokens);
    assert_eq!(kid(old.token.as_ref().unwrap().text.expose()), first, "both nodes sign with one key");
    here.clock.advance(Duration::from_secs(30 * 86_400));
    let (old, ann) = (here.sign_in(Way::Tokens), |text: &str| there.who(text).is_some());
    for node in [here, there] {
        node.runtime.block_on(node.identity.tend()).unwrap();
    }
    let (published, signs) = here.keys();
    assert_eq!((published.len(), &signs), (2, &first), "one new key, which is published and does not sign yet");
    here.clock.advance(10 * MINUTE - Duration::from_secs(1));
    let last = here.sign_in(Way::Tokens).token.unwrap();
    assert_eq!(kid(last.text.expose()), first);
    here.clock.advance(Duration::from_secs(2));
    let new = here.sign_in(Way::Tokens).token.unwrap();
    assert_eq!(kid(new.text.expose()), published[1]);
    assert!(
        ann(last.text.expose()) && ann(new.text.expose()),
        "tokens of both keys are good on a node that did not ask"
    );
    assert!(there.refresh(&old.text).is_ok());
    here.clock.advance(11 * MINUTE);
    here.runtime.block_on(here.identity.tend()).unwrap();
    let fresh = here.sign_in(Way::Tokens).token.unwrap();
    assert!(!ann(last.text.expose()) && ann(fresh.text.expose()));
}

fn a_key_that_has_leaked_is_worth_nothing_at_once(here: &Node, there: &Node) {
    let signed_in = here.sign_in(Way::Tokens);
    let token = signed_in.token.unwrap().text.expose().clone();
    there.hear();
    let ann = there.who(&token).unwrap();
    here.runtime.block_on(here.identity.rotate_signing_key(&ann, true)).unwrap();
    assert!(here.who(&token).is_none());
    there.hear();
    assert!(there.who(&token).is_none());
    let refreshed = there.refresh(&signed_in.text).unwrap();
    assert!(here.who(refreshed.token.text.expose()).is_some(), "the session itself goes on");
}

#[test]
fn the_story_of_tokens_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("tokens.db")));
}

#[test]
fn the_story_of_tokens_holds_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}

#[test]
fn who_is_remembered_is_refused_when_the_database_is_gone_for_longer_than_revocations_may_take() {
    let mut postgres = Postgres::start();
    let clock = ManualClock::new(Timestamp(1_800_000_000_000));
    let node = Node::open(&Location::Postgres(postgres.url()), &clock, 1);
    node.join("ann@example.org");
    let token = node.sign_in(Way::Tokens).token.unwrap().text.expose().clone();
    assert!(node.who(&token).is_some());
    postgres.kill();
    assert!(node.who(&token).is_some(), "a database that blinks is no reason to send anybody away");
    clock.advance(Duration::from_millis(5_001));
    assert!(node.runtime.block_on(node.identity.authenticate(&token)).is_err());
}
