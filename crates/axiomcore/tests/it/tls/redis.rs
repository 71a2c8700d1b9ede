//! A real Redis that speaks TLS, and what is not taken for it.

use std::path::{Path, PathBuf};

use axiomcore::config::{Period, Profile, Secret};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::redis::{Config, Redis as Shared, Script};
use axiomcore::telemetry::Metrics;
use tempfile::TempDir;
use testbed::{Authority, Redis};
use tokio::runtime::Runtime;

use super::until;

struct Bench {
    folder: TempDir,
    threads: Runtime,
}

impl Bench {
    fn ca(&self, authority: &Authority, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, authority.certificate()).unwrap();
        path
    }

    /// Whether it is found and does what it is asked; or why not.
    fn connect(&self, url: String, ca: Option<&Path>) -> Result<(), String> {
        let (url, tls_ca) = (Some(Secret::new(url)), ca.map(Path::to_owned));
        let (timeout, watch_interval) = (Period::millis(2_000), Period::millis(50));
        let config = Config { url, tls_ca, timeout, watch_interval, ..Config::default() };
        let redis = Shared::open(&config, Profile::Development, &Metrics::new()).unwrap().unwrap();
        let (_switch, stopping) = StopSwitch::new();
        self.threads.spawn(redis.clone().watch(stopping));
        until("it is found or known to be lost", || redis.is_there() || redis.trouble().is_some());
        if let Some(trouble) = redis.trouble() {
            return Err(trouble);
        }
        let add = Script::new("return redis.call('INCRBY', KEYS[1], ARGV[1])").on("sum", &[7]);
        let sum: Result<u64, _> = self.threads.block_on(redis.run(add));
        assert!(sum.unwrap() >= 7);
        Ok(())
    }
}

#[test]
fn redis_is_believed_only_under_its_name_and_only_with_its_authority() {
    let bench = Bench { folder: tempfile::tempdir().unwrap(), threads: Runtime::new().unwrap() };
    let ours = Authority::new("stores");
    let redis = Redis::start_encrypted(&ours.sign(&["127.0.0.1"]));
    let (right, wrong) = (bench.ca(&ours, "right.pem"), bench.ca(&Authority::new("stores"), "wrong.pem"));
    bench.connect(redis.url(), Some(&right)).unwrap();
    assert_eq!(redis.command(&["GET", "axiom:sum"]), "7", "it was this one");
    let elsewhere = Redis::start_encrypted(&ours.sign(&["redis.example.org"]));
    for (what, url, ca) in [
        ("another authority of the same name", redis.url(), Some(&*wrong)),
        ("the system does not know the authority", redis.url(), None),
        ("the certificate is for another name", elsewhere.url(), Some(&*right)),
    ] {
        let why = bench.connect(url, ca).expect_err(what);
        assert!(why.contains("certificate") && why.contains("redis.tls_ca"), "{what}: {why}");
    }
    assert_eq!(redis.command(&["GET", "axiom:sum"]), "7", "nothing was asked of it");
    assert_eq!(elsewhere.command(&["DBSIZE"]), "0");
}

#[test]
fn a_redis_without_tls_is_not_spoken_to_in_the_clear() {
    let bench = Bench { folder: tempfile::tempdir().unwrap(), threads: Runtime::new().unwrap() };
    let (redis, ca) = (Redis::start(), bench.ca(&Authority::new("stores"), "ca.pem"));
    let url = redis.url().replace("redis://", "rediss://");
    assert!(bench.connect(url, Some(&ca)).is_err());
    assert_eq!(redis.command(&["DBSIZE"]), "0");
}
