//! One story of second factors, known devices and what failures cost, told on both databases.

mod outlived;
mod passkeys;
mod undone;

use std::sync::Arc;
use std::time::Duration;

use axiomcore::clock::{Clock, ManualClock, Timestamp};
use axiomcore::config::{ByteSize, Secret};
use axiomcore::identity::{
    Answer, Challenge, Config, FactorError, Identity, NewUser, Origin, PasswordError, Principal, Proof, SignIn,
    SignInError, SignInOutcome, SignedIn, UserError, Way,
};
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use testbed::{Authenticator, Postgres};
use tokio::runtime::Runtime;

use crate::opened::{Opened, READ};

const GOOD: &str = "correct horse battery";
const WRONG: &str = "wrong horse battery";
const HOME: &str = "192.0.2.7";

struct Service {
    identity: Identity,
    database: Database,
    metrics: Metrics,
    clock: ManualClock,
    runtime: Runtime,
    root: Principal,
}

/// A person with an address, an app once they have enrolled, and what their device keeps.
#[derive(Default)]
struct Person {
    id: String,
    email: String,
    app: Option<Authenticator>,
    recovery_codes: Vec<String>,
    device: Option<Secret<String>>,
}

impl Service {
    fn open(location: &Location) -> Self {
        let factor_required_for = vec!["keeper".to_owned()];
        let config = Config { password_memory: ByteSize::mib(8), factor_required_for, ..Config::default() };
        let clock = ManualClock::new(Timestamp(1_000_000_000));
        let opened = Opened::new(location, &config, &clock, 11, None);
        let root = opened.root();
        let Opened { identity, database, metrics, runtime, .. } = opened;
        Self { identity, database, metrics, clock, runtime, root }
    }

    fn join(&self, email: &str, role: &str) -> Person {
        let new = NewUser { email: email.into(), name: "Somebody".into(), roles: vec![role.into()] };
        let (user, ticket) = self.runtime.block_on(self.identity.invite(&self.root, new)).unwrap();
        self.runtime.block_on(self.identity.accept(ticket.text.expose(), secret(GOOD))).unwrap();
        Person { id: user.id, email: email.into(), ..Person::default() }
    }

    /// With a factor by now.
    fn enrolled(&self, email: &str, role: &str) -> Person {
        let mut person = self.join(email, role);
        let signed_in = self.sign_in(&person, GOOD, HOME).unwrap();
        self.enrol(&mut person, &self.who(&signed_in));
        person
    }

    fn enrol(&self, person: &mut Person, principal: &Principal) {
        let begun = self.runtime.block_on(self.identity.begin_factor(principal, secret(GOOD), None)).unwrap();
        let app = Authenticator::scan(begun.uri.expose());
        let code = secret(&app.code(self.clock.now().0));
        let codes = self.runtime.block_on(self.identity.confirm_factor(principal, code)).unwrap();
        person.app = Some(app);
        person.recovery_codes = codes.iter().map(|code| code.expose().clone()).collect();
        self.clock.advance(Duration::from_secs(30));
    }

    fn code(&self, person: &Person) -> Proof {
        Proof::Code(secret(&person.app.as_ref().unwrap().code(self.clock.now().0)))
    }

    fn begin(&self, person: &Person, password: &str, address: &str) -> Result<SignInOutcome, SignInError> {
        self.runtime.block_on(self.identity.sign_in(wanted(person, password, address)))
    }

    fn sign_in(&self, person: &Person, password: &str, address: &str) -> Result<SignedIn, SignInError> {
        match self.begin(person, password, address)? {
            SignInOutcome::SignedIn(signed_in) => Ok(*signed_in),
            SignInOutcome::FactorNeeded(_) => panic!("a factor was asked for"),
        }
    }

    fn challenge(&self, person: &Person) -> Challenge {
        match self.begin(person, GOOD, HOME).unwrap() {
            SignInOutcome::FactorNeeded(challenge) => challenge,
            SignInOutcome::SignedIn(_) => panic!("no factor was asked for"),
        }
    }

    fn answer(&self, challenge: &Challenge, proof: Proof, person: &Person) -> Result<SignedIn, SignInError> {
        self.runtime.block_on(self.identity.answer_challenge(answer(challenge, proof, person)))
    }

    fn who(&self, signed_in: &SignedIn) -> Arc<Principal> {
        self.authenticate(signed_in.text.expose()).unwrap()
    }

    fn authenticate(&self, text: &str) -> Option<Arc<Principal>> {
        self.runtime.block_on(self.identity.authenticate(text)).unwrap()
    }

    /// How often all nodes were told to forget somebody.
    fn forgotten(&self, person: &Person) -> i64 {
        let sql = "SELECT count(*) FROM identity_changes WHERE principal = $1";
        let values = [person.id.as_str().into()];
        self.database.read_blocking(|connection| connection.query(sql, &values)?[0].int(0)).unwrap()
    }

    /// How often each of these actions is on record.
    fn recorded(&self, action: &str) -> i64 {
        let sql = "SELECT count(*) FROM outbox WHERE action = $1";
        self.database.read_blocking(|connection| connection.query(sql, &[action.into()])?[0].int(0)).unwrap()
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn wanted(person: &Person, password: &str, address: &str) -> SignIn {
    let origin = Origin { address: address.into(), client: "test".into() };
    let (email, device) = (person.email.clone(), person.device.clone());
    SignIn { workspace: None, email, password: secret(password), proof: None, device, origin, way: Way::Cookie }
}

fn answer(challenge: &Challenge, proof: Proof, person: &Person) -> Answer {
    let origin = Origin { address: HOME.into(), client: "test".into() };
    Answer { challenge: challenge.text.clone(), proof, device: person.device.clone(), origin, way: Way::Cookie }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn recovery(code: &str) -> Proof {
    Proof::RecoveryCode(secret(code))
}

fn story(location: &Location) {
    let service = Service::open(location);
    somebody_enrols_and_is_asked_from_then_on(&service);
    a_code_lets_in_once_even_at_the_same_moment(&service);
    a_challenge_is_good_for_one_thing_five_tries_and_five_minutes(&service);
    a_recovery_code_lets_in_once(&service);
    a_factor_goes_only_with_password_and_factor(&service);
    undone::what_cannot_be_put_on_record_has_not_happened(&service);
    who_must_have_a_factor_can_only_enrol(&service);
    an_administrator_resets_whom_they_rule_over(&service);
    secrets_do_not_lie_open_in_the_database(&service);
    failures_cost_time_there_and_nowhere_else(&service);
    a_known_device_is_not_kept_out_by_others(&service);
}

fn somebody_enrols_and_is_asked_from_then_on(service: &Service) {
    let mut ann = service.join("ann@example.org", "observer");
    let (one, other) = (service.sign_in(&ann, GOOD, HOME).unwrap(), service.sign_in(&ann, GOOD, HOME).unwrap());
    let principal = service.who(&one);
    let begin = |password| service.runtime.block_on(service.identity.begin_factor(&principal, secret(password), None));
    assert!(matches!(begin(WRONG), Err(FactorError::Password(PasswordError::Wrong))), "a session is not enough");
    let first = Authenticator::scan(begin(GOOD).unwrap().uri.expose());
    let second = Authenticator::scan(begin(GOOD).unwrap().uri.expose());
    let confirm = |code: String| service.runtime.block_on(service.identity.confirm_factor(&principal, secret(&code)));
    let now = service.clock.now().0;
    assert!(matches!(confirm(first.code(now)), Err(FactorError::Wrong)), "a secret that waits is replaced");
    assert!(service.sign_in(&ann, GOOD, HOME).is_ok(), "nothing is asked for until it is confirmed");
    let codes = confirm(second.code(now)).unwrap();
    assert!(matches!(confirm(second.code(now)), Err(FactorError::Missing)), "once");
    assert!(matches!(begin(GOOD), Err(FactorError::Exists)));
    assert_eq!(codes.len(), 10);
    assert!(service.authenticate(other.text.expose()).is_none(), "who came in without it is out");
    assert!(service.authenticate(one.text.expose()).is_some());
    ann.app = Some(second);
    let challenge = service.challenge(&ann);
    let replayed = service.answer(&challenge, service.code(&ann), &ann);
    assert!(matches!(replayed, Err(SignInError::Refused)), "the code that confirmed was used");
    service.wait(30);
    let signed_in = service.answer(&challenge, service.code(&ann), &ann).unwrap();
    assert!(service.who(&signed_in).permissions.has(READ));
    assert_eq!(["factor.enrol", "factor.confirm"].map(|action| service.recorded(action)), [2, 1]);
    service.wait(600);
    let late = service.join("late@example.org", "observer");
    let principal = service.who(&service.sign_in(&late, GOOD, HOME).unwrap());
    let begun = service.runtime.block_on(service.identity.begin_factor(&principal, secret(GOOD), None)).unwrap();
    service.wait(600);
    let code = Authenticator::scan(begun.uri.expose()).code(service.clock.now().0);
    let confirmed = service.runtime.block_on(service.identity.confirm_factor(&principal, secret(&code)));
    assert!(matches!(confirmed, Err(FactorError::Missing)), "what nobody confirms is forgotten");
}

fn a_code_lets_in_once_even_at_the_same_moment(service: &Service) {
    let bob = service.enrolled("bob@example.org", "observer");
    let challenges: Vec<Challenge> = (0..4).map(|_| service.challenge(&bob)).collect();
    let tries = challenges.iter().map(|challenge| {
        let (identity, wanted) = (service.identity.clone(), answer(challenge, service.code(&bob), &bob));
        service.runtime.spawn(async move { identity.answer_challenge(wanted).await })
    });
    let tries: Vec<_> = tries.collect();
    let let_in = tries.into_iter().map(|one| service.runtime.block_on(one).unwrap());
    assert_eq!(let_in.filter(Result::is_ok).count(), 1);
    service.wait(30);
    let challenge = service.challenge(&bob);
    let before = Proof::Code(secret(&bob.app.as_ref().unwrap().code(service.clock.now().0 - 30_000)));
    assert!(service.answer(&challenge, before, &bob).is_err(), "nor one of before, though the clock may be that slow");
    service.answer(&challenge, service.code(&bob), &bob).unwrap();
    service.wait(3_600);
}

fn a_challenge_is_good_for_one_thing_five_tries_and_five_minutes(service: &Service) {
    let eve = service.enrolled("eve@example.org", "observer");
    let challenge = service.challenge(&eve);
    assert!(service.authenticate(challenge.text.expose()).is_none(), "it is no credential");
    service.answer(&challenge, service.code(&eve), &eve).unwrap();
    service.wait(30);
    let again = service.answer(&challenge, service.code(&eve), &eve);
    assert!(matches!(again, Err(SignInError::Challenge)), "it is gone with the first right answer");
    let late = service.challenge(&eve);
    service.wait(300);
    assert!(matches!(service.answer(&late, service.code(&eve), &eve), Err(SignInError::Challenge)));
    let worn = service.challenge(&eve);
    for _ in 0..5 {
        let wrong = service.answer(&worn, Proof::Code(secret("000000")), &eve);
        assert!(matches!(wrong, Err(SignInError::Refused)));
    }
    service.wait(60);
    assert!(matches!(service.answer(&worn, service.code(&eve), &eve), Err(SignInError::Challenge)));
    // The right password over and over does not make the codes cheaper.
    let fresh = service.challenge(&eve);
    assert!(matches!(service.answer(&fresh, Proof::Code(secret("000000")), &eve), Err(SignInError::Refused)));
    let held = service.answer(&fresh, service.code(&eve), &eve);
    assert!(matches!(held, Err(SignInError::Refused)), "after so many wrong codes even a right one has to wait");
    service.wait(60);
    service.answer(&fresh, service.code(&eve), &eve).unwrap();
    let (other, mine) = (service.enrolled("other@example.org", "observer"), service.challenge(&eve));
    let crossed = service.answer(&mine, service.code(&other), &other);
    assert!(matches!(crossed, Err(SignInError::Refused)), "somebody else's factor answers nothing");
    let forged = Challenge { text: secret(&format!("challenge_{}", "0".repeat(64))), ..mine };
    assert!(matches!(service.answer(&forged, service.code(&eve), &eve), Err(SignInError::Challenge)));
    service.wait(3_600);
}

fn a_recovery_code_lets_in_once(service: &Service) {
    let mut fay = service.enrolled("fay@example.org", "observer");
    let code = fay.recovery_codes[3].to_uppercase().replace('-', " ");
    let signed_in = service.answer(&service.challenge(&fay), recovery(&code), &fay).unwrap();
    assert_eq!(signed_in.recovery_codes_left, Some(9));
    assert!(service.answer(&service.challenge(&fay), recovery(&code), &fay).is_err(), "once");
    assert_eq!(service.recorded("recovery.use"), 1);
    let challenges = [service.challenge(&fay), service.challenge(&fay), service.challenge(&fay)];
    let tries: Vec<_> = challenges
        .iter()
        .map(|challenge| {
            let (identity, wanted) =
                (service.identity.clone(), answer(challenge, recovery(&fay.recovery_codes[0]), &fay));
            service.runtime.spawn(async move { identity.answer_challenge(wanted).await })
        })
        .collect();
    let let_in = tries.into_iter().map(|one| service.runtime.block_on(one).unwrap()).filter(Result::is_ok).count();
    assert_eq!(let_in, 1, "of three at once one gets in");
    service.wait(3_600);
    let principal = service.who(&signed_in);
    let renew = |code: &str| {
        service.runtime.block_on(service.identity.renew_recovery_codes(&principal, Proof::Code(secret(code))))
    };
    assert!(matches!(renew("000000"), Err(FactorError::Wrong)));
    let Proof::Code(shown) = service.code(&fay) else { panic!("no code") };
    let renewed = renew(shown.expose()).unwrap();
    let old = std::mem::replace(&mut fay.recovery_codes, renewed.iter().map(|code| code.expose().clone()).collect());
    assert!(service.answer(&service.challenge(&fay), recovery(&old[7]), &fay).is_err(), "those of before are void");
    service.answer(&service.challenge(&fay), recovery(&fay.recovery_codes[7]), &fay).unwrap();
    assert_eq!(service.recorded("recovery.regenerate"), 1);
    service.wait(3_600);
}

fn a_factor_goes_only_with_password_and_factor(service: &Service) {
    let gus = service.enrolled("gus@example.org", "observer");
    let signed_in = service.answer(&service.challenge(&gus), service.code(&gus), &gus).unwrap();
    let principal = service.who(&signed_in);
    service.wait(30);
    let remove =
        |password, proof| service.runtime.block_on(service.identity.remove_factor(&principal, secret(password), proof));
    assert!(matches!(remove(WRONG, service.code(&gus)), Err(FactorError::Password(PasswordError::Wrong))));
    // The right password, over and over, does not make the codes cheaper.
    for _ in 0..5 {
        assert!(matches!(remove(GOOD, Proof::Code(secret("000000"))), Err(FactorError::Wrong)));
    }
    assert!(matches!(remove(GOOD, service.code(&gus)), Err(FactorError::Blocked(_))));
    service.wait(60);
    remove(GOOD, service.code(&gus)).unwrap();
    assert!(service.sign_in(&gus, GOOD, HOME).is_ok());
    assert!(matches!(remove(GOOD, recovery(&gus.recovery_codes[0])), Err(FactorError::Missing)));
    let program = service.runtime.block_on(service.identity.factor_status(&service.root));
    assert!(matches!(program, Err(FactorError::Program)));
    service.wait(3_600);
}

fn who_must_have_a_factor_can_only_enrol(service: &Service) {
    let mut kim = service.join("kim@example.org", "keeper");
    let signed_in = service.sign_in(&kim, GOOD, HOME).unwrap();
    let principal = service.who(&signed_in);
    assert!(principal.must_enrol && !principal.permissions.has(READ));
    let status = service.runtime.block_on(service.identity.factor_status(&principal)).unwrap();
    assert!(status.is_required && status.since.is_none());
    let told = service.forgotten(&kim);
    service.enrol(&mut kim, &principal);
    assert_eq!(
        service.forgotten(&kim),
        told + 1,
        "other nodes remember neither the limits nor the sessions that ended"
    );
    let principal = service.who(&signed_in);
    assert!(!principal.must_enrol && principal.permissions.has(READ), "the same session does what they may");
    service.runtime.block_on(service.identity.remove_factor(&principal, secret(GOOD), service.code(&kim))).unwrap();
    assert!(service.who(&signed_in).must_enrol, "and no longer than they have one");
    assert_eq!(service.forgotten(&kim), told + 2, "on other nodes neither");
}

fn an_administrator_resets_whom_they_rule_over(service: &Service) {
    let (lee, boss) = (service.enrolled("lee@example.org", "observer"), service.join("boss@example.org", "admin"));
    let signed_in = service.answer(&service.challenge(&lee), service.code(&lee), &lee).unwrap();
    let own = service.who(&signed_in);
    let reset = |maker: &Principal, id: &str| service.runtime.block_on(service.identity.reset_factor(maker, id));
    assert!(matches!(reset(&own, &boss.id), Err(UserError::TooMuch)));
    let elsewhere = Principal { workspace: 2, key: None, ..service.root.clone() };
    assert!(matches!(reset(&elsewhere, &lee.id), Err(UserError::NotFound)));
    assert!(reset(&service.root, &lee.id).unwrap());
    assert!(service.authenticate(signed_in.text.expose()).is_none());
    assert!(service.sign_in(&lee, GOOD, HOME).is_ok());
    assert!(!reset(&service.root, &lee.id).unwrap(), "there is none any more");
    assert_eq!(service.recorded("factor.reset"), 2);
}

fn secrets_do_not_lie_open_in_the_database(service: &Service) {
    let mia = service.enrolled("mia@example.org", "observer");
    let read = |sql: &str| {
        let values = [mia.id.as_str().into()];
        let mut rows = service.database.read_blocking(|connection| connection.query(sql, &values)).unwrap();
        rows[0].bytes(0).unwrap()
    };
    let stored = read("SELECT secret FROM factors WHERE user_id = $1");
    assert!(!stored.windows(20).any(|window| window == mia.app.as_ref().unwrap().secret()));
    // Somebody who can write to the database puts their own sealed secret in another's place.
    let nia = service.enrolled("nia@example.org", "observer");
    let swap = "UPDATE factors SET secret = (SELECT secret FROM factors WHERE user_id = $1) WHERE user_id = $2";
    let values = [nia.id.as_str().into(), mia.id.as_str().into()];
    service.database.write_blocking(|connection| connection.execute(swap, &values)).unwrap();
    let moved = service.answer(&service.challenge(&mia), service.code(&nia), &mia);
    assert!(matches!(moved, Err(SignInError::Store(_))), "a secret is sealed for its owner");
}

fn failures_cost_time_there_and_nowhere_else(service: &Service) {
    let oda = service.join("oda@example.org", "observer");
    let fails = |address: &str| assert!(matches!(service.sign_in(&oda, WRONG, address), Err(SignInError::Refused)));
    (0..5).for_each(|_| fails("198.51.100.1"));
    let held = service.sign_in(&oda, GOOD, "198.51.100.1");
    assert!(matches!(held, Err(SignInError::Refused)), "even the right password has to wait, and nobody is told");
    assert!(service.sign_in(&oda, GOOD, "198.51.100.2").is_ok(), "from elsewhere it does not");
    service.wait(1);
    assert!(service.sign_in(&oda, GOOD, "198.51.100.1").is_ok(), "a second later it is let in");
    // From very many addresses, once each: then strangers wait, and only for this account.
    let pat = service.join("pat@example.org", "observer");
    for i in 0..20 {
        let wrong = service.sign_in(&pat, WRONG, &format!("2001:db8:0:{i:x}::1"));
        assert!(matches!(wrong, Err(SignInError::Refused)));
    }
    assert!(matches!(service.sign_in(&pat, GOOD, "203.0.113.9"), Err(SignInError::Refused)));
    assert!(service.sign_in(&oda, GOOD, "203.0.113.9").is_ok());
    service.wait(900);
    assert!(service.sign_in(&pat, GOOD, "203.0.113.9").is_ok(), "a quarter of an hour later they may again");
    // Many accounts, once each, from one household.
    for i in 0..100 {
        let nobody = Person { email: format!("nobody{i}@example.org"), ..Person::default() };
        let wrong = service.sign_in(&nobody, WRONG, &format!("2001:db8:1:2::{i:x}"));
        assert!(matches!(wrong, Err(SignInError::Refused)));
    }
    let throttled = service.sign_in(&oda, GOOD, "2001:db8:1:2::abc");
    assert!(matches!(throttled, Err(SignInError::Throttled(wait)) if wait.as_secs() == 900), "{throttled:?}");
    assert!(service.sign_in(&oda, GOOD, "2001:db8:1:3::abc").is_ok(), "the neighbours may");
    service.wait(3_600);
}

fn a_known_device_is_not_kept_out_by_others(service: &Service) {
    let mut uma = service.join("uma@example.org", "observer");
    let signed_in = service.sign_in(&uma, GOOD, HOME).unwrap();
    let device = signed_in.device.unwrap();
    assert!(service.authenticate(device.expose()).is_none(), "it opens nothing");
    let stranger = Person { email: uma.email.clone(), ..Person::default() };
    for i in 0..200 {
        // From the holder's own address as well.
        let address = if i % 2 == 0 { HOME.to_owned() } else { format!("198.51.100.{i}") };
        assert!(service.sign_in(&stranger, WRONG, &address).is_err());
    }
    assert!(service.sign_in(&stranger, GOOD, "203.0.113.9").is_err(), "strangers wait");
    uma.device = Some(device.clone());
    let again = service.sign_in(&uma, GOOD, HOME).unwrap();
    assert!(again.device.is_none(), "it is known by now");
    // Somebody who has stolen the device has a count of their own to go through.
    (0..5).for_each(|_| assert!(service.sign_in(&uma, WRONG, HOME).is_err()));
    assert!(service.sign_in(&uma, GOOD, HOME).is_err());
    service.wait(1);
    service.sign_in(&uma, GOOD, HOME).unwrap();
    let mut vic = service.join("vic@example.org", "observer");
    let stolen = Person { email: vic.email.clone(), device: Some(device), ..Person::default() };
    (0..40).for_each(|i| assert!(service.sign_in(&stolen, WRONG, &format!("198.51.100.{i}")).is_err()));
    assert!(service.sign_in(&stolen, GOOD, HOME).is_err(), "one account's device is a stranger to another");
    service.wait(3_600);
    vic.device = service.sign_in(&vic, GOOD, HOME).unwrap().device;
    let principal = service.who(&service.sign_in(&vic, GOOD, HOME).unwrap());
    let listed = service.runtime.block_on(service.identity.list_devices(&principal)).unwrap();
    assert_eq!((listed.len(), listed[0].origin.address.as_str()), (1, HOME));
    let forget = |principal: &Principal, id: &str| {
        service.runtime.block_on(service.identity.forget_device(principal, id)).unwrap()
    };
    assert!(!forget(&service.who(&again), &listed[0].id), "nobody forgets somebody else's");
    assert!(forget(&principal, &listed[0].id) && !forget(&principal, &listed[0].id));
    assert!(service.sign_in(&vic, GOOD, HOME).unwrap().device.is_some(), "it is new again");
    service.wait(181 * 86_400);
    assert!(service.sign_in(&uma, GOOD, HOME).unwrap().device.is_some(), "after half a year it is forgotten");
}

#[test]
fn the_story_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("factors.db")));
}

#[test]
fn the_story_holds_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}
