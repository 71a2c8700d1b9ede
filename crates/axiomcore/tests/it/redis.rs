//! Redis: shared by nodes while it is there, and missed by nobody when it is not.

use std::time::{Duration, Instant};

use axiomcore::config::{Checks, Period, Profile, Raw, Secret, Setting};
use axiomcore::limits::{Config as Rates, Rate};
use axiomcore::redis::Config;
use testbed::Redis;

use crate::client::get;
use crate::http::Running;

fn config(redis: &Redis) -> Config {
    Config { url: Some(Secret::new(redis.url())), watch_interval: Period::millis(50), ..Config::default() }
}

/// A node at which a stranger may ask so often.
fn node(redis: &Config, rate: &str) -> Running {
    let rates = Rates { open: Some(Rate::read(&Raw::Text(rate.into())).unwrap()), ..Rates::default() };
    Running::start_with(&rates, Some(redis), |_| {})
}

fn is_connected(node: &Running) -> bool {
    node.metrics.render().contains("redis_connected 1")
}

/// Waits until it is so, at most for some seconds.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a real server takes is what is asked")]
fn now() -> Instant {
    Instant::now()
}

/// How many of so many requests are let in.
fn let_in(node: &Running, n: usize) -> usize {
    (0..n).filter(|_| get(node.address, "/hello", &[]).status == 200).count()
}

fn health(node: &Running) -> String {
    node.health.started();
    let answer = get(node.address, "/health/ready", &[]);
    assert_eq!(answer.status, 200, "nobody is turned away because Redis is gone: {}", answer.text());
    answer.json()["checks"][0]["status"].as_str().unwrap().to_owned()
}

#[test]
fn two_nodes_share_one_budget_and_each_has_its_own_when_redis_is_killed() {
    let mut redis = Redis::start();
    let nodes = [node(&config(&redis), "10/1h"), node(&config(&redis), "10/1h")];
    for node in &nodes {
        wait_until("both find Redis", || is_connected(node));
    }
    assert_eq!(let_in(&nodes[0], 7), 7);
    assert_eq!(let_in(&nodes[1], 7), 3, "what one has let in the other knows");
    assert_eq!(let_in(&nodes[0], 3), 0);
    assert_eq!(redis.command(&["KEYS", "*"]), "axiom:limit:open:127.0.0.1");
    let expiry: i64 = redis.command(&["TTL", "axiom:limit:open:127.0.0.1"]).parse().unwrap();
    assert!((3_000..=3_600).contains(&expiry), "it goes when the bucket is full: {expiry}");
    redis.kill();
    wait_until("the loss is noticed", || nodes.iter().all(|node| !is_connected(node)));
    assert_eq!(let_in(&nodes[1], 5), 0, "what was learnt from the others is not forgotten");
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(health(&nodes[0]), "degraded");
    redis.restart();
    for node in &nodes {
        wait_until("Redis is found again", || is_connected(node));
    }
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(health(&nodes[0]), "ok");
}

#[test]
fn without_redis_every_node_counts_by_itself_and_never_fails() {
    let mut redis = Redis::start();
    let running = node(&config(&redis), "1000/1h");
    wait_until("it finds Redis", || is_connected(&running));
    assert_eq!(let_in(&running, 10), 10);
    redis.kill();
    assert_eq!(let_in(&running, 100), 100, "from the first moment on");
    redis.restart();
    wait_until("it finds Redis again", || is_connected(&running));
    assert_eq!(let_in(&running, 10), 10);
    assert!(redis.command(&["KEYS", "*"]).contains("open"), "and shares again");
}

#[test]
fn a_redis_that_hangs_costs_one_moment_and_not_one_for_each_request() {
    let redis = Redis::start();
    // Looked after so seldom that it is the requests themselves that find out.
    let running = node(&Config { watch_interval: Period::seconds(4), ..config(&redis) }, "1000/1h");
    wait_until("it finds Redis", || is_connected(&running));
    redis.freeze();
    let start = now();
    assert_eq!(let_in(&running, 100), 100);
    let took = start.elapsed();
    redis.thaw();
    assert!(took < Duration::from_secs(2), "100 requests, each waiting 50 ms, would take 5 s: {took:?}");
    wait_until("it is found again by itself", || is_connected(&running));
}

#[test]
fn a_password_is_needed_and_a_wrong_one_is_as_good_as_no_redis() {
    let redis = Redis::start_with_password("open sesame");
    let wrong = Config { password: Some(Secret::new("open barley".into())), ..config(&redis) };
    let right = Config { password: Some(Secret::new("open sesame".into())), ..config(&redis) };
    let (outside, inside) = (node(&wrong, "5/1h"), node(&right, "5/1h"));
    wait_until("the right one lets in", || is_connected(&inside));
    assert_eq!((let_in(&outside, 10), let_in(&inside, 10)), (5, 5));
    assert!(!is_connected(&outside));
    assert_eq!((health(&outside), health(&inside)), ("degraded".into(), "ok".into()));
}

#[test]
fn what_cannot_be_an_address_of_redis_is_refused_by_name() {
    let of = |url: &str| Config { url: Some(Secret::new(url.into())), ..Config::default() };
    for wrong in ["localhost:6379", "http://localhost:6379", "redis://", "unix:///tmp/redis.sock"] {
        let faults = of(wrong).check(Profile::Development);
        assert_eq!(faults.first().map(|fault| fault.key.as_str()), Some("redis.url"), "{wrong}");
    }
    let clear = of("redis://:secret@redis.example:6379");
    assert!(clear.check(Profile::Development).is_empty());
    let fault = clear.check(Profile::Production).remove(0).to_string();
    assert!(fault.contains("rediss://") && !fault.contains("secret"), "{fault}");
    assert!(of("redis://127.0.0.1:6379").check(Profile::Production).is_empty());
    assert!(of("rediss://redis.example:6379").check(Profile::Production).is_empty());
}
