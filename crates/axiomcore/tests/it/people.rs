//! One story of people and their sessions, told on both databases.

use std::sync::Arc;
use std::time::Duration;

use axiomcore::clock::{ManualClock, Timestamp};
use axiomcore::config::{ByteSize, Secret};
use axiomcore::identity::{
    Algorithm, Config, Identity, NewUser, Origin, PasswordError, Principal, SignIn, SignInError, SignInOutcome,
    SignedIn, Status, Unfit, User, UserError, Way,
};
use axiomcore::store::{Database, Location};
use testbed::Postgres;
use tokio::runtime::Runtime;

use crate::opened::{Opened, READ};

const GOOD: &str = "correct horse battery";
const BETTER: &str = "vier grüne Tassen Tee";

struct Service {
    identity: Identity,
    database: Database,
    clock: ManualClock,
    runtime: Runtime,
    root: Principal,
}

impl Service {
    fn open(location: &Location, algorithm: Algorithm) -> Self {
        let (password_memory, bcrypt_cost) = (ByteSize::mib(8), 10);
        let config = Config { password_algorithm: algorithm, password_memory, bcrypt_cost, ..Config::default() };
        let clock = ManualClock::new(Timestamp(1_000_000_000));
        let opened = Opened::new(location, &config, &clock, 11, None);
        let root = opened.root();
        let Opened { identity, database, runtime, .. } = opened;
        Self { identity, database, clock, runtime, root }
    }

    fn invite(&self, email: &str, role: &str) -> (User, String) {
        let (user, ticket) = self.runtime.block_on(self.identity.invite(&self.root, new(email, role))).unwrap();
        (user, ticket.text.expose().clone())
    }

    fn accept(&self, ticket: &str, password: &str) -> Result<User, UserError> {
        self.runtime.block_on(self.identity.accept(ticket, secret(password)))
    }

    fn join(&self, email: &str, role: &str) -> User {
        let (_, ticket) = self.invite(email, role);
        self.accept(&ticket, GOOD).unwrap()
    }

    fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        let origin = Origin { address: "192.0.2.7".into(), client: "test\r\nclient".into() };
        match self.runtime.block_on(self.identity.sign_in(wanting(email, password, origin)))? {
            SignInOutcome::SignedIn(signed_in) => Ok(*signed_in),
            other => panic!("{other:?}"),
        }
    }

    fn who(&self, text: &str) -> Option<Arc<Principal>> {
        self.runtime.block_on(self.identity.authenticate(text)).unwrap()
    }
}

fn new(email: &str, role: &str) -> NewUser {
    NewUser { email: email.into(), name: "Somebody".into(), roles: vec![role.into()] }
}

fn wanting(email: &str, password: &str, origin: Origin) -> SignIn {
    SignIn {
        workspace: None,
        email: email.into(),
        password: secret(password),
        proof: None,
        device: None,
        origin,
        way: Way::Cookie,
    }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn story(location: &Location) {
    let service = Service::open(location, Algorithm::Argon2id);
    an_invitation_is_taken_up_once(&service);
    only_the_right_password_of_an_active_user_signs_in(&service);
    nobody_rules_over_more_than_they_have(&service);
    sessions_end(&service);
    sessions_of_which_nothing_can_come_are_forgotten(&service);
    a_password_is_changed_by_who_knows_it_or_has_a_ticket(&service);
    who_is_disabled_or_deleted_is_out_at_once(&service);
    hashes_from_elsewhere_are_replaced(&service);
    the_last_administrator_stays(&service);
}

fn an_invitation_is_taken_up_once(service: &Service) {
    let (user, ticket) = service.invite("Ann@Example.org", "observer");
    assert_eq!((user.email.as_str(), user.status), ("ann@example.org", Status::Invited));
    let taken = service.runtime.block_on(service.identity.invite(&service.root, new("ann@example.org", "observer")));
    assert!(matches!(taken, Err(UserError::Taken)));
    assert!(matches!(service.accept(&ticket, "123456789012"), Err(UserError::Unfit(_))));
    assert!(matches!(service.accept("ticket_forged", GOOD), Err(UserError::Ticket)));
    assert_eq!(service.accept(&ticket, GOOD).unwrap().status, Status::Active);
    assert!(matches!(service.accept(&ticket, GOOD), Err(UserError::Ticket)));
    let (_, late) = service.invite("late@example.org", "observer");
    service.clock.advance(Duration::from_secs(2 * 86_400));
    assert!(matches!(service.accept(&late, GOOD), Err(UserError::Ticket)));
}

fn only_the_right_password_of_an_active_user_signs_in(service: &Service) {
    let signed_in = service.sign_in("ANN@example.org", GOOD).unwrap();
    assert_eq!(signed_in.session.origin.client, "testclient");
    let principal = service.who(signed_in.text.expose()).unwrap();
    assert!(principal.permissions.has(READ) && principal.id == signed_in.user.id);
    for (email, password) in [("ann@example.org", BETTER), ("nobody@example.org", GOOD), ("late@example.org", GOOD)] {
        assert!(matches!(service.sign_in(email, password), Err(SignInError::Refused)), "{email}");
    }
    let mut forged = signed_in.text.expose().clone();
    forged.replace_range(forged.len() - 1.., if forged.ends_with('0') { "1" } else { "0" });
    assert!(service.who(&forged).is_none());
}

fn nobody_rules_over_more_than_they_have(service: &Service) {
    let observer = service.who(service.sign_in("ann@example.org", GOOD).unwrap().text.expose()).unwrap();
    let boss = service.join("boss@example.org", "admin");
    let block = |work| service.runtime.block_on(work);
    assert!(matches!(block(service.identity.set_disabled(&observer, &boss.id, true)), Err(UserError::TooMuch)));
    let own = service.runtime.block_on(service.identity.set_roles(&observer, &observer.id, vec!["admin".into()]));
    assert!(matches!(own, Err(UserError::TooMuch)));
    let more = service.runtime.block_on(service.identity.invite(&observer, new("x@example.org", "admin")));
    assert!(matches!(more, Err(UserError::TooMuch)));
    let ticket = service.runtime.block_on(service.identity.new_start(&observer, &boss.id));
    assert!(matches!(ticket, Err(UserError::TooMuch)));
    let unknown = service.runtime.block_on(service.identity.invite(&service.root, new("x@example.org", "king")));
    assert!(matches!(unknown, Err(UserError::Role(name)) if name == "king"));
    let elsewhere = Principal { workspace: 2, key: None, ..service.root.clone() };
    let crossed = service.runtime.block_on(service.identity.delete_user(&elsewhere, &boss.id, None));
    assert!(matches!(crossed, Err(UserError::NotFound)));
}

fn sessions_end(service: &Service) {
    let [one, two] = [0, 1].map(|_| service.sign_in("ann@example.org", GOOD).unwrap());
    let ann = service.who(one.text.expose()).unwrap();
    assert!(service.runtime.block_on(service.identity.end_session(&ann, &two.session.id)).unwrap());
    assert!(service.who(two.text.expose()).is_none() && service.who(one.text.expose()).is_some());
    let boss = service.sign_in("boss@example.org", GOOD).unwrap();
    assert!(!service.runtime.block_on(service.identity.end_session(&ann, &boss.session.id)).unwrap());
    assert!(service.who(boss.text.expose()).is_some(), "nobody ends somebody else's session");
    service.clock.advance(Duration::from_secs(11 * 3600));
    assert!(service.who(one.text.expose()).is_some());
    service.runtime.block_on(service.identity.record_use()).unwrap();
    service.clock.advance(Duration::from_secs(11 * 3600));
    assert!(service.who(one.text.expose()).is_some(), "it was used in between");
    assert!(service.who(boss.text.expose()).is_none(), "it was not used for longer than it may rest");
    for _ in 0..31 * 3 {
        service.clock.advance(Duration::from_secs(8 * 3600));
        service.who(one.text.expose());
        service.runtime.block_on(service.identity.record_use()).unwrap();
    }
    assert!(service.who(one.text.expose()).is_none(), "however much it was used");
    let [one, two] = [0, 1].map(|_| service.sign_in("ann@example.org", GOOD).unwrap());
    let ann = service.who(one.text.expose()).unwrap();
    assert_eq!(service.runtime.block_on(service.identity.list_sessions(&ann)).unwrap().len(), 2);
    service.runtime.block_on(service.identity.end_sessions(&ann)).unwrap();
    assert!(service.who(one.text.expose()).is_none() && service.who(two.text.expose()).is_none());
}

fn sessions_of_which_nothing_can_come_are_forgotten(service: &Service) {
    let known = || {
        let sql = "SELECT count(*) FROM sessions";
        service.database.read_blocking(|connection| connection.query(sql, &[])?[0].int(0)).unwrap()
    };
    let tend = || service.runtime.block_on(service.identity.tend()).unwrap();
    let day = Duration::from_secs(86_400);
    service.clock.advance(31 * day);
    tend();
    assert_eq!(known(), 0, "it is a month ago that any of them could be used");
    let [lasting, ended] = [0, 1].map(|_| service.sign_in("ann@example.org", GOOD).unwrap());
    let ann = service.who(lasting.text.expose()).unwrap();
    assert!(service.runtime.block_on(service.identity.end_session(&ann, &ended.session.id)).unwrap());
    service.clock.advance(11 * day / 24);
    service.who(lasting.text.expose()).unwrap();
    service.runtime.block_on(service.identity.record_use()).unwrap();
    service.clock.advance(30 * day);
    tend();
    assert_eq!(known(), 2, "what has ended is known for a month");
    service.clock.advance(day / 12);
    tend();
    assert_eq!(known(), 1, "and no longer");
}

fn a_password_is_changed_by_who_knows_it_or_has_a_ticket(service: &Service) {
    let [one, two] = [0, 1].map(|_| service.sign_in("ann@example.org", GOOD).unwrap());
    let ann = service.who(one.text.expose()).unwrap();
    let change =
        |old, new| service.runtime.block_on(service.identity.change_password(&ann, secret(old), secret(new), None));
    (0..5).for_each(|_| {
        assert!(matches!(change(BETTER, GOOD), Err(UserError::Password(PasswordError::Wrong))));
    });
    let held = change(GOOD, BETTER);
    assert!(
        matches!(held, Err(UserError::Password(PasswordError::Blocked(_)))),
        "a stolen session is no place to guess"
    );
    service.clock.advance(Duration::from_secs(1));
    assert!(matches!(change(GOOD, "ann@example.org"), Err(UserError::Unfit(_))));
    assert!(matches!(change(GOOD, GOOD), Err(UserError::Unfit(Unfit::Same))), "that is no other one");
    change(GOOD, BETTER).unwrap();
    assert!(service.who(one.text.expose()).is_some() && service.who(two.text.expose()).is_none());
    assert!(matches!(service.sign_in("ann@example.org", GOOD), Err(SignInError::Refused)));
    let ticket = service.runtime.block_on(service.identity.new_start(&service.root, &ann.id)).unwrap().1;
    service.sign_in("ann@example.org", BETTER).unwrap();
    let second = service.runtime.block_on(service.identity.new_start(&service.root, &ann.id)).unwrap().1;
    assert!(matches!(service.accept(ticket.text.expose(), GOOD), Err(UserError::Ticket)), "only the newest is good");
    service.accept(second.text.expose(), GOOD).unwrap();
    assert!(service.who(one.text.expose()).is_none(), "whoever had the old password is out");
    service.sign_in("ann@example.org", GOOD).unwrap();
}

fn who_is_disabled_or_deleted_is_out_at_once(service: &Service) {
    let (user, block) = (service.join("bob@example.org", "observer"), |work| service.runtime.block_on(work));
    let signed_in = service.sign_in("bob@example.org", GOOD).unwrap();
    let bob = service.who(signed_in.text.expose()).unwrap();
    block(service.identity.set_disabled(&service.root, &user.id, true)).unwrap();
    assert!(service.who(signed_in.text.expose()).is_none());
    assert!(service.runtime.block_on(service.identity.current(&bob)).unwrap().is_none(), "his streams end as well");
    assert!(matches!(service.sign_in("bob@example.org", GOOD), Err(SignInError::Refused)));
    block(service.identity.set_disabled(&service.root, &user.id, false)).unwrap();
    let signed_in = service.sign_in("bob@example.org", GOOD).unwrap();
    service.runtime.block_on(service.identity.delete_user(&service.root, &user.id, None)).unwrap();
    assert!(service.who(signed_in.text.expose()).is_none());
    let listed = service.runtime.block_on(service.identity.list_users(&service.root, "", 100)).unwrap();
    assert!(listed.iter().all(|listed| listed.id != user.id));
    service.join("bob@example.org", "observer");
}

fn hashes_from_elsewhere_are_replaced(service: &Service) {
    // Of `U*U`, a published vector: a password that would not be accepted here.
    let hash = secret("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let weak = secret("$1$crypt$x");
    let import = |email, hash| {
        service.runtime.block_on(service.identity.import_user(&service.root, new(email, "observer"), hash))
    };
    assert!(matches!(import("old@example.org", &weak), Err(UserError::Hash(_))));
    import("old@example.org", &hash).unwrap();
    assert!(matches!(service.sign_in("old@example.org", "U*V"), Err(SignInError::Refused)));
    for _ in 0..2 {
        service.sign_in("old@example.org", "U*U").unwrap();
    }
}

fn the_last_administrator_stays(service: &Service) {
    let boss = service.sign_in("boss@example.org", GOOD).unwrap();
    let boss = service.who(boss.text.expose()).unwrap();
    // The key of the first start counts until it is revoked.
    assert!(service.runtime.block_on(service.identity.revoke_key(&boss, &service.root.id)).unwrap());
    let disabled = service.runtime.block_on(service.identity.set_disabled(&boss, &boss.id, true));
    let deleted = service.runtime.block_on(service.identity.delete_user(&boss, &boss.id, None));
    let observer = service.runtime.block_on(service.identity.set_roles(&boss, &boss.id, vec!["observer".into()]));
    for refused in [disabled, deleted, observer] {
        assert!(matches!(refused, Err(UserError::Last)), "{refused:?}");
    }
    let second = service.runtime.block_on(service.identity.invite(&boss, new("second@example.org", "admin"))).unwrap();
    service.accept(second.1.text.expose(), GOOD).unwrap();
    service.runtime.block_on(service.identity.set_roles(&boss, &boss.id, vec!["observer".into()])).unwrap();
}

#[test]
fn the_story_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("people.db")));
}

#[test]
fn the_story_holds_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}

#[test]
fn a_flood_of_sign_ins_is_refused_before_anything_is_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::open(&Location::Sqlite(folder.path().join("people.db")), Algorithm::Bcrypt);
    let sign_in = |_| {
        let identity = service.identity.clone();
        service.runtime.spawn(async move { identity.sign_in(wanting("a@b.example", GOOD, Origin::default())).await })
    };
    let flood: Vec<_> = (0..200).map(sign_in).collect();
    let answers = flood.into_iter().map(|one| service.runtime.block_on(one).unwrap());
    let busy = answers.filter(|answer| matches!(answer, Err(SignInError::Busy))).count();
    assert!((100..200).contains(&busy), "{busy} of 200 were told to come again");
}
