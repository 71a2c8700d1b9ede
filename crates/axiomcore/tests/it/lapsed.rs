//! Whoever has lost what they could do when their request came gets nothing done, however far it had come; told on both databases.

use axiomcore::clock::{Clock, ManualClock, Timestamp};
use axiomcore::config::{ByteSize, Secret};
use axiomcore::identity::{
    Config, FactorError, KeyError, Lapsed, Lineage, MadeError, NewKey, NewRole, NewService, NewUser, Origin,
    Permissions, Principal, Proof, RoleError, ServiceError, SignIn, SignInOutcome, TokenError, UserError, Way,
    WorkspaceError,
};
use axiomcore::store::Location;
use testbed::{Authenticator, Postgres};

use crate::opened::{Opened, READ};

const GOOD: &str = "correct horse battery";
const BETTER: &str = "vier grüne Tassen Tee";

/// What became of what was asked for: why not, if it was not done for that.
macro_rules! lapsed {
    ($block:expr, $($error:ident: $asked:expr),+ $(,)?) => {
        vec![$((stringify!($asked), match $block.block_on($asked) {
            Err($error::Lapsed(lapsed)) => Some(lapsed),
            _ => None,
        })),+]
    };
}

type Outcomes = Vec<(&'static str, Option<Lapsed>)>;

struct Bench {
    opened: Opened,
    clock: ManualClock,
    root: Principal,
}

impl Bench {
    fn open(location: &Location) -> Self {
        let config = Config { password_memory: ByteSize::mib(8), signing_key_bits: 2048, ..Config::default() };
        let clock = ManualClock::new(Timestamp(1_000_000_000));
        let opened = Opened::new(location, &config, &clock, 11, None);
        let root = opened.root();
        Self { opened, clock, root }
    }

    fn who(&self, text: &str) -> Principal {
        let found = self.opened.runtime.block_on(self.opened.identity.authenticate(text)).unwrap();
        Principal::clone(&found.unwrap())
    }

    fn key(&self, service: Option<&str>) -> (String, Principal) {
        let (identity, block) = (&self.opened.identity, &self.opened.runtime);
        let made = match service {
            None => block.block_on(identity.create_key(&self.root, every())),
            Some(service) => block.block_on(identity.create_service_key(&self.root, service, every())),
        };
        let made = made.unwrap();
        (made.key.id.clone(), self.who(made.text.expose()))
    }

    fn service(&self) -> String {
        let made = self.opened.identity.create_service(&self.root, service("admin"));
        self.opened.runtime.block_on(made).unwrap().id
    }

    fn join(&self, email: &str) -> String {
        let (identity, block) = (&self.opened.identity, &self.opened.runtime);
        let (user, ticket) = block.block_on(identity.invite(&self.root, user(email))).unwrap();
        block.block_on(identity.accept(ticket.text.expose(), secret(GOOD))).unwrap();
        user.id
    }

    fn sign_in(&self, email: &str) -> (Principal, String) {
        let wanted = SignIn {
            workspace: None,
            email: email.into(),
            password: secret(GOOD),
            proof: None,
            device: None,
            origin: Origin { address: "192.0.2.7".into(), client: "test".into() },
            way: Way::Cookie,
        };
        match self.opened.runtime.block_on(self.opened.identity.sign_in(wanted)).unwrap() {
            SignInOutcome::SignedIn(signed_in) => (self.who(signed_in.text.expose()), signed_in.session.id.clone()),
            SignInOutcome::FactorNeeded(_) => panic!("no factor was enrolled"),
        }
    }

    /// All that is written of who may what.
    fn written(&self) -> Vec<i64> {
        let tables = [
            "credentials",
            "users",
            "services",
            "roles",
            "workspaces",
            "tickets",
            "given_roles",
            "departed",
            "signing_keys",
            "factors WHERE confirmed_at IS NOT NULL",
            "devices",
            "recovery_codes",
            "sessions WHERE ended_at IS NULL",
            "credentials WHERE revoked_at IS NULL",
            "identity_changes",
            "outbox",
        ];
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            self.opened.database.read_blocking(|connection| connection.query(&sql, &[])?[0].int(0)).unwrap()
        };
        tables.map(count).to_vec()
    }

    /// Everything that a program may ask for with somebody, something and a session of theirs.
    fn asked(&self, by: &Principal, there: &There) -> Outcomes {
        let (identity, block) = (&self.opened.identity, &self.opened.runtime);
        let There { key, service: account, user: id, session } = there;
        let hash = secret("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        let of = Lineage { by: key.clone(), since: None };
        lapsed!(block,
            KeyError: identity.create_key(by, every()),
            KeyError: identity.create_service_key(by, account, every()),
            KeyError: identity.revoke_key(by, key),
            ServiceError: identity.create_service(by, service("observer")),
            ServiceError: identity.update_service(by, account, service("observer")),
            ServiceError: identity.delete_service(by, account),
            RoleError: identity.create_role(by, role("further")),
            RoleError: identity.update_role(by, role("reader")),
            RoleError: identity.delete_role(by, "reader"),
            UserError: identity.invite(by, user("new@example.org")),
            UserError: identity.import_user(by, user("new@example.org"), &hash),
            UserError: identity.new_start(by, id),
            UserError: identity.set_disabled(by, id, true),
            UserError: identity.set_roles(by, id, vec!["admin".into()]),
            UserError: identity.delete_user(by, id, None),
            UserError: identity.reset_factor(by, id),
            UserError: identity.end_session_of(by, id, session),
            UserError: identity.end_sessions_of(by, id),
            WorkspaceError: identity.create_workspace(by, "elsewhere"),
            WorkspaceError: identity.rename_workspace(by, 1, "here"),
            MadeError: identity.end_made(by, of),
            TokenError: identity.rotate_signing_key(by, true),
        )
    }
}

/// What is there to ask something about.
struct There {
    key: String,
    service: String,
    user: String,
    session: String,
}

fn every() -> NewKey {
    NewKey { name: "a program".into(), permissions: Permissions::Every, expires_at: None }
}

fn service(role: &str) -> NewService {
    NewService { name: "nightly".into(), roles: vec![role.into()], owner: None }
}

fn role(name: &str) -> NewRole {
    let permissions = Permissions::only(&[READ]);
    NewRole { name: name.into(), meaning: "Reads.".into(), permissions, factor_required: false }
}

fn user(email: &str) -> NewUser {
    NewUser { email: email.into(), name: "Somebody".into(), roles: vec!["observer".into()] }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn all_are(outcomes: &Outcomes, lapsed: Lapsed) {
    for (asked, outcome) in outcomes {
        assert_eq!(*outcome, Some(lapsed), "{asked}");
    }
}

fn story(location: &Location) {
    let bench = Bench::open(location);
    let (identity, block) = (&bench.opened.identity, &bench.opened.runtime);
    block.block_on(identity.create_role(&bench.root, role("reader"))).unwrap();
    let user = bench.join("ann@example.org");
    let (_, session) = bench.sign_in("ann@example.org");
    let there = There { key: bench.key(None).0, service: bench.service(), user, session };
    a_program_gets_nothing_done_when_its_key_has_ended(&bench, &there);
    a_program_that_may_other_things_by_now_is_told_so(&bench, &there);
    somebody_who_is_out_changes_nothing_of_their_own(&bench);
    whoever_is_there_still_gets_it_done(&bench, &there);
}

fn a_program_gets_nothing_done_when_its_key_has_ended(bench: &Bench, there: &There) {
    let (identity, block) = (&bench.opened.identity, &bench.opened.runtime);
    let (id, thief) = bench.key(None);
    assert!(block.block_on(identity.revoke_key(&bench.root, &id)).unwrap());
    let before = bench.written();
    all_are(&bench.asked(&thief, there), Lapsed::Ended);
    assert_eq!(bench.written(), before);
}

fn a_program_that_may_other_things_by_now_is_told_so(bench: &Bench, there: &There) {
    let (identity, block) = (&bench.opened.identity, &bench.opened.runtime);
    let account = bench.service();
    let (_, program) = bench.key(Some(&account));
    block.block_on(identity.update_service(&bench.root, &account, service("observer"))).unwrap();
    let before = bench.written();
    all_are(&bench.asked(&program, there), Lapsed::Changed);
    assert_eq!(bench.written(), before);
}

fn somebody_who_is_out_changes_nothing_of_their_own(bench: &Bench) {
    let (identity, block) = (&bench.opened.identity, &bench.opened.runtime);
    let eve = bench.join("eve@example.org");
    let (person, session) = bench.sign_in("eve@example.org");
    let devices = block.block_on(identity.list_devices(&person)).unwrap();
    let begun = block.block_on(identity.begin_factor(&person, secret(GOOD), None)).unwrap();
    let app = Authenticator::scan(begun.uri.expose());
    let code = |later: i64| app.code(bench.clock.now().0 + later);
    let told = block.block_on(identity.confirm_factor(&person, secret(&code(0)))).unwrap();
    let shown = || Proof::RecoveryCode(told[0].clone());
    block.block_on(identity.set_disabled(&bench.root, &eve, true)).unwrap();
    let before = bench.written();
    let outcomes = lapsed!(block,
        KeyError: identity.create_key(&person, NewKey { permissions: Permissions::only(&[READ]), ..every() }),
        FactorError: identity.begin_factor(&person, secret(GOOD), None),
        FactorError: identity.confirm_factor(&person, secret(&code(30_000))),
        FactorError: identity.renew_recovery_codes(&person, shown()),
        FactorError: identity.remove_factor(&person, secret(GOOD), shown()),
        UserError: identity.change_password(&person, secret(GOOD), secret(BETTER), None),
        UserError: identity.end_session(&person, &session),
        UserError: identity.end_sessions(&person),
        UserError: identity.forget_device(&person, &devices[0].id),
    );
    all_are(&outcomes, Lapsed::Ended);
    assert_eq!(bench.written(), before);
}

/// What is refused above is not refused for anything else.
fn whoever_is_there_still_gets_it_done(bench: &Bench, there: &There) {
    let (_, program) = bench.key(None);
    let before = bench.written();
    for (asked, outcome) in bench.asked(&program, there) {
        assert_eq!(outcome, None, "{asked}");
    }
    let grown = bench.written().iter().zip(&before).filter(|(now, before)| now != before).count();
    assert!(grown > 8, "{before:?}, {:?}", bench.written());
}

#[test]
fn who_has_lost_what_they_could_gets_nothing_done_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("lapsed.db")));
}

#[test]
fn who_has_lost_what_they_could_gets_nothing_done_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}
