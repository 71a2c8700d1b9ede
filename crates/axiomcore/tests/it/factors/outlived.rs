//! What was begun with a password, or waits for a factor, does not outlive what it stands for; told on both databases.

use std::time::Duration;

use axiomcore::clock::Clock;
use axiomcore::identity::{FactorError, NewUser, Principal, SignInError, SignInOutcome};
use axiomcore::store::{Connection, Location};
use testbed::{Authenticator, Postgres};
use tokio::task::JoinHandle;

use super::{GOOD, HOME, Person, Service, recovery, secret};

const BETTER: &str = "vier grüne Tassen Tee";

type SigningIn = JoinHandle<Result<SignInOutcome, SignInError>>;

fn story(location: &Location) {
    let service = Service::open(location);
    a_password_that_was_replaced_while_it_was_verified_opens_nothing(&service);
    a_hash_that_other_sign_ins_have_replaced_is_of_the_same_password(&service);
    a_challenge_ends_with_what_it_stands_for(&service);
    guesses_at_what_is_to_be_confirmed_are_few(&service);
    an_app_that_waits_is_forgotten_with_what_it_was_begun_by(&service);
    a_new_password_forgets_all_devices_but_the_one_it_came_from(&service);
}

impl Service {
    pub(super) fn hashed(&self) -> f64 {
        let rendered = self.metrics.render();
        let line = rendered.lines().find_map(|line| line.strip_prefix("password_hashes_total "));
        line.unwrap_or_else(|| panic!("{rendered}")).parse().unwrap()
    }

    fn spawn(&self, email: &str, password: &str) -> SigningIn {
        let person = Person { email: email.into(), ..Person::default() };
        let (identity, wanted) = (self.identity.clone(), super::wanted(&person, password, HOME));
        self.runtime.spawn(async move { identity.sign_in(wanted).await })
    }

    /// Lets people sign in while a transaction does something to one of them: it ends when so many passwords have been
    /// hashed, and nothing that they begin is decided before.
    fn while_writing(
        &self,
        sql: &str,
        ids: &[&str],
        hashes: f64,
        sign_in: impl Fn() -> Vec<SigningIn>,
    ) -> Vec<SigningIn> {
        let until = self.hashed() + hashes;
        let write = |connection: &mut dyn Connection| {
            let values: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
            connection.execute(sql, &values)?;
            let begun = sign_in();
            while self.hashed() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(begun)
        };
        self.database.write_blocking(write).unwrap()
    }

    fn end(&self, signing_in: SigningIn) -> Result<SignInOutcome, SignInError> {
        self.runtime.block_on(signing_in).unwrap()
    }

    fn change_password(&self, principal: &Principal, old: &str, new: &str, device: Option<&str>) {
        let device = device.map(secret);
        self.runtime.block_on(self.identity.change_password(principal, secret(old), secret(new), device)).unwrap();
    }
}

fn a_password_that_was_replaced_while_it_was_verified_opens_nothing(service: &Service) {
    let (ann, other) = (service.join("ann@example.org", "observer"), service.join("other@example.org", "observer"));
    let bob = service.enrolled("bob@example.org", "observer");
    let principal = service.who(&service.sign_in(&other, GOOD, HOME).unwrap());
    service.change_password(&principal, GOOD, BETTER, None);
    let replace = "UPDATE users SET password = (SELECT password FROM users WHERE id = $1) WHERE id = $2";
    for person in [&ann, &bob] {
        let sign_in = || vec![service.spawn(&person.email, GOOD)];
        for begun in service.while_writing(replace, &[&other.id, &person.id], 1.0, sign_in) {
            let overtaken = service.end(begun);
            assert!(matches!(overtaken, Err(SignInError::Refused)), "{}: {overtaken:?}", person.email);
        }
    }
    let left = "SELECT (SELECT count(*) FROM challenges WHERE user_id = $1) + (SELECT count(*) FROM sessions WHERE user_id = $2)";
    let values = [bob.id.as_str().into(), ann.id.as_str().into()];
    let left = service.database.read_blocking(|connection| connection.query(left, &values)?[0].int(0)).unwrap();
    assert_eq!(left, 0, "neither a session nor a challenge");
    assert!(service.sign_in(&ann, BETTER, HOME).is_ok(), "the one that is stored now does");
}

fn a_hash_that_other_sign_ins_have_replaced_is_of_the_same_password(service: &Service) {
    // Of `U*U`, a published vector, which is hashed anew at the first sign-in.
    let hash = secret("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    let new = NewUser { email: "old@example.org".into(), name: "Old".into(), roles: vec!["observer".into()] };
    let old = service.runtime.block_on(service.identity.import_user(&service.root, new, &hash)).unwrap();
    let sign_in = || (0..3).map(|_| service.spawn("old@example.org", "U*U")).collect();
    let hold = "UPDATE users SET status = status WHERE id = $1";
    for begun in service.while_writing(hold, &[&old.id], 6.0, sign_in) {
        let signed_in = service.end(begun);
        assert!(matches!(signed_in, Ok(SignInOutcome::SignedIn(_))), "{signed_in:?}");
    }
}

fn a_challenge_ends_with_what_it_stands_for(service: &Service) {
    let block = &service.runtime;
    let (root, identity) = (&service.root, &service.identity);
    for (i, how) in ["changed", "ticket", "disabled", "own end", "end by another", "reset"].into_iter().enumerate() {
        let person = service.enrolled(&format!("ends{i}@example.org"), "observer");
        let one = service.answer(&service.challenge(&person), recovery(&person.recovery_codes[0]), &person).unwrap();
        let own = service.who(&one);
        let challenge = service.challenge(&person);
        match how {
            "changed" => service.change_password(&own, GOOD, BETTER, None),
            "ticket" => {
                let (_, ticket) = block.block_on(identity.new_start(root, &person.id)).unwrap();
                block.block_on(identity.accept(ticket.text.expose(), secret(BETTER))).unwrap();
            }
            "disabled" => [true, false].into_iter().for_each(|disabled| {
                block.block_on(identity.set_disabled(root, &person.id, disabled)).unwrap();
            }),
            "own end" => block.block_on(identity.end_sessions(&own)).unwrap(),
            "end by another" => block.block_on(identity.end_sessions_of(root, &person.id)).unwrap(),
            _ => assert!(block.block_on(identity.reset_factor(root, &person.id)).unwrap()),
        }
        let answered = service.answer(&challenge, recovery(&person.recovery_codes[1]), &person);
        assert!(matches!(answered, Err(SignInError::Challenge)), "{how}: {answered:?}");
    }
}

fn guesses_at_what_is_to_be_confirmed_are_few(service: &Service) {
    let sue = service.join("sue@example.org", "observer");
    let principal = service.who(&service.sign_in(&sue, GOOD, HOME).unwrap());
    let begin = || service.runtime.block_on(service.identity.begin_factor(&principal, secret(GOOD), None)).unwrap();
    let confirm = |code: &str| service.runtime.block_on(service.identity.confirm_factor(&principal, secret(code)));
    let app = Authenticator::scan(begin().uri.expose());
    (0..5).for_each(|_| assert!(matches!(confirm("000000"), Err(FactorError::Wrong))));
    let code = || app.code(service.clock.now().0);
    assert!(matches!(confirm(&code()), Err(FactorError::Blocked(_))), "who has guessed so often waits");
    service.wait(60);
    assert!(matches!(confirm(&code()), Err(FactorError::Missing)), "and the secret is gone");
    assert_eq!(service.recorded("factor.forget"), 1);
    service.wait(60);
    let app = Authenticator::scan(begin().uri.expose());
    assert!(confirm(&app.code(service.clock.now().0)).is_ok(), "another one has tries of its own");
}

fn an_app_that_waits_is_forgotten_with_what_it_was_begun_by(service: &Service) {
    let (block, identity, root) = (&service.runtime, &service.identity, &service.root);
    for (i, how) in ["changed", "ticket", "own end", "end by another", "nothing"].into_iter().enumerate() {
        let person = service.join(&format!("begun{i}@example.org"), "observer");
        let own = service.who(&service.sign_in(&person, GOOD, HOME).unwrap());
        let begun = block.block_on(identity.begin_factor(&own, secret(GOOD), None)).unwrap();
        let mut password = GOOD;
        match how {
            "changed" => service.change_password(&own, GOOD, BETTER, None),
            "ticket" => {
                let (_, ticket) = block.block_on(identity.new_start(root, &person.id)).unwrap();
                block.block_on(identity.accept(ticket.text.expose(), secret(BETTER))).unwrap();
            }
            "own end" => block.block_on(identity.end_sessions(&own)).unwrap(),
            "end by another" => block.block_on(identity.end_sessions_of(root, &person.id)).unwrap(),
            _ => {}
        }
        if ["changed", "ticket"].contains(&how) {
            password = BETTER;
        }
        let now = service.who(&service.sign_in(&person, password, HOME).unwrap());
        let code = Authenticator::scan(begun.uri.expose()).code(service.clock.now().0);
        let confirmed = block.block_on(identity.confirm_factor(&now, secret(&code)));
        match how {
            "nothing" => assert!(confirmed.is_ok(), "who has begun it ends it, in whichever session"),
            _ => assert!(matches!(confirmed, Err(FactorError::Missing)), "{how}: {confirmed:?}"),
        }
    }
}

fn a_new_password_forgets_all_devices_but_the_one_it_came_from(service: &Service) {
    let tim = service.join("tim@example.org", "observer");
    let [here, there] = [0, 1].map(|_| service.sign_in(&tim, GOOD, HOME).unwrap());
    let principal = service.who(&here);
    let known = || service.runtime.block_on(service.identity.list_devices(&principal)).unwrap().len();
    assert_eq!(known(), 2);
    let text = |signed_in: &axiomcore::identity::SignedIn| signed_in.device.as_ref().unwrap().expose().clone();
    service.change_password(&principal, GOOD, BETTER, Some(&text(&here)));
    assert_eq!(known(), 1);
    let with = |device: String| Person { email: tim.email.clone(), device: Some(secret(&device)), ..Person::default() };
    assert!(service.sign_in(&with(text(&here)), BETTER, HOME).unwrap().device.is_none(), "this one is known");
    assert!(service.sign_in(&with(text(&there)), BETTER, HOME).unwrap().device.is_some(), "that one is a stranger");
    service.change_password(&principal, BETTER, GOOD, None);
    assert_eq!(known(), 0, "nobody knows which it came from");
}

#[test]
fn what_was_begun_ends_with_the_password_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("outlived.db")));
}

#[test]
fn what_was_begun_ends_with_the_password_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}
