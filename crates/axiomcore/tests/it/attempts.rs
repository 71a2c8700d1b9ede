//! What failed sign-ins cost, counted by two nodes together in a real Redis, and by each alone when it is lost.

use std::time::Duration;

use axiomcore::clock::{Clock, ManualClock, SystemClock, Timestamp};
use axiomcore::config::{ByteSize, Period, Profile, Secret};
use axiomcore::identity::attempts::{Blocked, Class, Key, MemoryTally, Rule, SharedTally, Tally};
use axiomcore::identity::{Config, NewUser, Origin, SignIn, SignInError, SignInOutcome, SignedIn, Way};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::redis::{self, Redis as Shared};
use axiomcore::store::Location;
use axiomcore::telemetry::Metrics;
use testbed::Redis;
use tokio::runtime::Runtime;

use crate::opened::Opened;

const GOOD: &str = "correct horse battery";
const WRONG: &str = "wrong horse battery";

fn config(redis: &Redis) -> redis::Config {
    let (url, timeout) = (Some(Secret::new(redis.url())), Period::millis(2_000));
    redis::Config { url, timeout, watch_interval: Period::millis(50), ..redis::Config::default() }
}

/// Waits until it is so, at most for some seconds.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what}: not within ten seconds");
}

/// A node of an installation.
struct Node(Opened);

impl Node {
    fn open(location: &Location, clock: &ManualClock, seed: u64, redis: &Redis) -> Self {
        let settings = Config { password_memory: ByteSize::mib(8), ..Config::default() };
        let node = Self(Opened::new(location, &settings, clock, seed, Some(&config(redis))));
        until("it finds Redis", || node.is_connected());
        node
    }

    fn is_connected(&self) -> bool {
        self.0.metrics.render().contains("redis_connected 1")
    }

    fn sign_in(&self, email: &str, password: &str, device: Option<&Secret<String>>) -> Result<SignedIn, SignInError> {
        let (address, client) = ("192.0.2.7".into(), "test".into());
        let wanted = SignIn {
            workspace: None,
            email: email.into(),
            password: Secret::new(password.into()),
            proof: None,
            device: device.cloned(),
            origin: Origin { address, client },
            way: Way::Cookie,
        };
        match self.0.runtime.block_on(self.0.identity.sign_in(wanted))? {
            SignInOutcome::SignedIn(signed_in) => Ok(*signed_in),
            other => panic!("{other:?}"),
        }
    }

    fn fails(&self, email: &str, times: usize) {
        (0..times).for_each(|_| assert!(matches!(self.sign_in(email, WRONG, None), Err(SignInError::Refused))));
    }

    /// Whether even the right password has to wait.
    fn has_to_wait(&self, email: &str) -> bool {
        matches!(self.sign_in(email, GOOD, None), Err(SignInError::Refused))
    }
}

#[test]
fn two_nodes_count_together_and_each_goes_on_alone_when_redis_is_killed() {
    let (folder, mut redis) = (tempfile::tempdir().unwrap(), Redis::start());
    let (location, clock) =
        (Location::Sqlite(folder.path().join("attempts.db")), ManualClock::new(Timestamp(1_000_000_000)));
    let one = Node::open(&location, &clock, 1, &redis);
    let root = one.0.root();
    let join = |email: &str| {
        let new = NewUser { email: email.into(), name: "Somebody".into(), roles: vec!["observer".into()] };
        let (_, ticket) = one.0.runtime.block_on(one.0.identity.invite(&root, new)).unwrap();
        let accepted = one.0.identity.accept(ticket.text.expose(), Secret::new(GOOD.into()));
        one.0.runtime.block_on(accepted).unwrap();
    };
    ["ann@example.org", "bob@example.org", "cid@example.org"].into_iter().for_each(join);
    let other = Node::open(&location, &clock, 2, &redis);
    let device = one.sign_in("ann@example.org", GOOD, None).unwrap().device.unwrap();
    // Ten failures are more than five, wherever they were: 2^5 s.
    one.fails("ann@example.org", 2);
    other.fails("ann@example.org", 3);
    assert!(one.has_to_wait("ann@example.org") && other.has_to_wait("ann@example.org"));
    let names = redis.command(&["KEYS", "axiom:attempt:*"]);
    assert!(names.lines().count() >= 3 && !names.contains("192.0.2") && !names.contains("example"), "{names}");
    other.sign_in("ann@example.org", GOOD, Some(&device)).expect("a known device is counted by itself");
    one.sign_in("bob@example.org", GOOD, None).expect("nobody else waits");
    redis.kill();
    until("the loss is noticed", || !one.is_connected() && !other.is_connected());
    assert!(one.has_to_wait("ann@example.org"), "what was learnt of the others is not forgotten");
    one.fails("bob@example.org", 5);
    assert!(one.has_to_wait("bob@example.org"));
    other.sign_in("bob@example.org", GOOD, None).expect("each counts for itself, and nothing fails");
    other.sign_in("ann@example.org", GOOD, Some(&device)).unwrap();
    // It comes back without its data: it is told what the nodes still know.
    redis.restart();
    until("Redis is found again", || one.is_connected() && other.is_connected());
    assert!(one.has_to_wait("bob@example.org"));
    assert!(other.has_to_wait("bob@example.org"), "what one has counted alone both know");
    one.fails("cid@example.org", 3);
    other.fails("cid@example.org", 2);
    assert!(one.has_to_wait("cid@example.org"), "and they count together again");
    // By the clock of Redis, that of no node.
    std::thread::sleep(Duration::from_millis(1_050));
    one.sign_in("cid@example.org", GOOD, None).expect("a second later they may");
    other.fails("cid@example.org", 4);
    other.sign_in("cid@example.org", GOOD, None).expect("who got in has begun anew, on all nodes");
}

#[test]
fn redis_counts_as_memory_does() {
    let (redis, runtime, metrics) = (Redis::start(), Runtime::new().unwrap(), Metrics::new());
    let shared = Shared::open(&config(&redis), Profile::Development, &metrics).unwrap().unwrap();
    let (_switch, stopping) = StopSwitch::new();
    runtime.spawn(shared.clone().watch(stopping));
    until("it finds Redis", || shared.is_there());
    let tallies: [Box<dyn Tally>; 2] =
        [Box::new(SharedTally::new(shared, MemoryTally::new(100))), Box::new(MemoryTally::new(100))];
    let minutes = Duration::from_secs(900);
    let keys: Vec<Key> = (0..6_u8)
        .map(|number| {
            let (class, rule) = match number % 2 {
                0 => (Class::Pair, Rule::BackOff { free: 3, longest: minutes }),
                _ => (Class::Account, Rule::Window { most: 4, span: minutes }),
            };
            Key { class, rule, hash: number.into() }
        })
        .collect();
    let mut random = 7_u64;
    let mut draw = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    // So many that no wait ends while this runs.
    let backing_off: Vec<Key> = keys.iter().copied().filter(|key| key.class == Class::Pair).collect();
    for tally in &tallies {
        (0..12).for_each(|_| runtime.block_on(tally.add(&backing_off, SystemClock.now())));
    }
    let (mut let_in, mut kept_out) = (0, 0);
    for round in 0..400 {
        let (turn, first) = (draw(8), draw(5) as usize);
        let chosen = &keys[first..=first + usize::from(draw(2) == 0)];
        let does = |tally: &dyn Tally| -> Result<(), Blocked> {
            let now = SystemClock.now();
            runtime.block_on(async {
                match turn {
                    0..=2 => tally.enter(chosen, now).await,
                    3 => tally.look(chosen, now).await,
                    4 | 5 => {
                        tally.add(chosen, now).await;
                        Ok(())
                    }
                    6 => {
                        tally.take_back(chosen, now).await;
                        Ok(())
                    }
                    _ => {
                        let windows: Vec<Key> =
                            chosen.iter().copied().filter(|key| key.class == Class::Account).collect();
                        tally.forget(&windows, now).await;
                        Ok(())
                    }
                }
            })
        };
        let [theirs, ours] = [does(tallies[0].as_ref()), does(tallies[1].as_ref())];
        match (theirs, ours) {
            (Ok(()), Ok(())) => let_in += 1,
            (Err(theirs), Err(ours)) => {
                assert!(theirs.wait.abs_diff(ours.wait) < Duration::from_secs(1), "{round}: {theirs} {ours}");
                kept_out += 1;
            }
            (theirs, ours) => panic!("{round}: {theirs:?} {ours:?}"),
        }
    }
    assert!(let_in > 100 && kept_out > 50, "{let_in} {kept_out}");
}
