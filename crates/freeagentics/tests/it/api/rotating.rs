//! Passwords of the database and of Redis that are changed while everybody works, in either order: first where they are
//! asked for, or first in the file that they are read from.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::{Postgres, Redis};

use super::beside::Beside;
use super::{Client, Installation, Server};
use crate::lamp::LAMP;

const WORKERS: usize = 3;

/// Who works, and what it came to.
#[derive(Default)]
struct Work {
    is_over: AtomicBool,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
}

impl Work {
    /// Steps an agent until it is over, each step until it is acknowledged; how many were.
    fn step(&self, client: &Client, agent: usize) -> usize {
        let path = format!("/api/v1/agents/a{agent}/steps");
        for number in 1.. {
            if self.is_over.load(Ordering::SeqCst) {
                return number - 1;
            }
            let key = format!("{agent}-{number}");
            let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
            let body = json!({ "observation": { "light": "steady" } }).to_string();
            let tries = (0..10).take_while(|_| {
                let answer = client.send("POST", &path, &headers, &body);
                if answer.status == 200 {
                    return false;
                }
                assert_eq!(answer.status, 503, "{}", answer.text);
                sleep(Duration::from_millis(50));
                true
            });
            let tries = tries.count();
            assert!(tries < 10, "{key} was not acknowledged");
            self.refused.fetch_add(tries, Ordering::SeqCst);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        0
    }

    /// Waits until so many more are acknowledged.
    fn goes_on(&self, more: usize) {
        let before = self.acknowledged.load(Ordering::SeqCst);
        for _ in 0..2_000 {
            if self.acknowledged.load(Ordering::SeqCst) >= before + more {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("nobody gets on");
    }
}

/// What is asked for a password, with the files that the server reads them from.
struct Doors {
    installation: Installation,
    beside: Beside,
    redis: Redis,
}

impl Doors {
    fn new() -> Self {
        let installation = Installation::on(Postgres::start_guarded());
        let beside = installation.beside();
        beside.run("CREATE ROLE app LOGIN PASSWORD 'pass-0'");
        beside.run("GRANT ALL ON SCHEMA public TO app");
        let doors = Self { installation, beside, redis: Redis::start_with_password("pass-0") };
        doors.write(0);
        doors
    }

    fn write(&self, number: usize) {
        let password = format!("pass-{number}");
        let url = match self.installation.location() {
            axiomcore::store::Location::Postgres(url) => url.replace("test@", &format!("app:{password}@")),
            axiomcore::store::Location::Sqlite(_) => unreachable!(),
        };
        self.installation.secret("database-url", &url);
        self.installation.secret("redis-password", &password);
    }

    /// Asks for another password, and ends whoever came in with the one of before.
    fn change(&mut self, number: usize) {
        self.beside.run(&format!("ALTER ROLE app PASSWORD 'pass-{number}'"));
        self.beside.rows("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = 'app'");
        self.redis.change_password(&format!("pass-{number}"));
    }

    fn server(&self) -> Server {
        let file = |name: &str| self.installation.folder().join(name).display().to_string();
        let settings = [
            format!("database.url_file={}", file("database-url")),
            format!("redis.url={}", self.redis.url()),
            format!("redis.password_file={}", file("redis-password")),
            "redis.watch_interval=100ms".into(),
        ];
        let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
        self.installation.start_with(&arguments)
    }
}

fn has_redis(server: &Server) -> bool {
    (0..200).any(|_| {
        sleep(Duration::from_millis(20));
        server.metrics().get("/metrics").text.contains("redis_connected 1")
    })
}

#[test]
fn no_acknowledged_step_is_lost_when_the_passwords_of_the_stores_are_changed_under_load() {
    let mut doors = Doors::new();
    let server = doors.server();
    let client = server.client();
    client.post_yaml("/api/v1/models", LAMP).expect(201);
    for agent in 0..WORKERS {
        client.post("/api/v1/agents", &json!({ "id": format!("a{agent}"), "model": "lamp" })).expect(201);
    }
    let work = Work::default();
    let changes = 4;
    let acknowledged: Vec<usize> = std::thread::scope(|scope| {
        let (client, work) = (&client, &work);
        let workers: Vec<_> = (0..WORKERS).map(|agent| scope.spawn(move || work.step(client, agent))).collect();
        for number in 1..=changes {
            work.goes_on(30);
            let file_first = number % 2 == 0;
            if file_first {
                doors.write(number);
                work.goes_on(30);
            }
            doors.change(number);
            if !file_first {
                sleep(Duration::from_millis(700));
                doors.write(number);
            }
            work.goes_on(30);
            assert!(has_redis(&server), "after change {number}");
        }
        work.is_over.store(true, Ordering::SeqCst);
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    for (agent, acknowledged) in acknowledged.iter().enumerate() {
        let step = &client.get(&format!("/api/v1/agents/a{agent}")).expect(200)["step"];
        assert_eq!(*step, json!(acknowledged), "each acknowledged step is there, and once");
    }
    let refused = work.refused.load(Ordering::SeqCst);
    assert!(refused <= 2 * WORKERS * changes, "only what was under way when its connection was cut: {refused}");
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("pass-"), "a password is told: {log}");
}

#[test]
fn a_file_with_a_url_that_may_not_be_used_is_not_taken_and_the_server_is_ready_again_with_the_right_one() {
    let mut doors = Doors::new();
    let server = doors.server();
    let is_ready = || server.stranger().get("/health/ready").status == 200;
    let becomes = |ready: bool| (0..400).any(|_| (is_ready() == ready, sleep(Duration::from_millis(50))).0);
    assert!(becomes(true));
    doors.installation.secret("database-url", "mysql://app:pass-1@127.0.0.1/x");
    doors.change(1);
    assert!(becomes(false), "nobody is let in, and that is told");
    doors.write(1);
    assert!(becomes(true));
    assert_eq!(server.client().get("/api/v1/agents").expect(200)["items"], Value::Array(Vec::new()));
    let (_, log) = server.stop();
    assert!(log.contains("postgres://") && !log.contains("pass-"), "{log}");
}
