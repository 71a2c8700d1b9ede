//! What it costs a request that somebody has to be recognised first: the same handler, through the whole middleware, open to
//! everybody and to who has a key, a token or a cookie; remembered from the request before, and for the first time. What is
//! added is the difference to `open`; the limit of the route's kind is looked at in all of them.
//!
//! ```sh
//! cargo bench -p axiomcore --bench authenticate
//! ```
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark says so by failing")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axiomcore::audit::Product;
use axiomcore::clock::SystemClock;
use axiomcore::config::{Secret, Settings, Sources};
use axiomcore::entropy::SystemEntropy;
use axiomcore::http::{Caller, Catalogue, Open, Routes};
use axiomcore::identity::{Allowed, Bootstrap, Grant, NewUser, Origin, Role, SignIn, SignInOutcome, SignedIn, Way};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::service::{Blueprint, Core, Ground, schema};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use criterion::{Criterion, criterion_group, criterion_main};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

axiomcore::permissions! {
    /// What one may do here.
    pub const PERMISSIONS;
    Read = ("bench:read", "Read.");
}

const BLUEPRINT: Blueprint = Blueprint {
    product: Product { name: "Bench", version: "1.0.0" },
    key_prefix: "bench",
    database_file: "bench.db",
    tables: ("bench", &[]),
    permissions: &[PERMISSIONS],
    roles: &[Role { name: "admin", meaning: "Everything.", grant: Grant::Every }],
    log: None,
    restorable: None,
};

const PASSWORD: &str = "correct horse battery";

/// A service, and how somebody comes in.
struct Bench {
    core: Core,
    router: Router,
    key: String,
    token: String,
    cookie: String,
    runtime: Runtime,
    /// What its upkeep listens to.
    _switch: StopSwitch,
    _folder: TempDir,
}

impl Bench {
    fn new(cache_time: &str) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let settings = settings(cache_time);
        let ground = Ground {
            settings: &settings,
            data: folder.path(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            threads: runtime.handle().clone(),
        };
        let core = Core::open(&BLUEPRINT, ground).unwrap();
        let (switch, stopping) = StopSwitch::new();
        // Otherwise nothing that is remembered is trusted after five seconds.
        runtime.spawn(core.identity.clone().run_until_stopped(stopping));
        let routes = Routes::new().get("/open", async |_: Open| "done").get("/own", async |_: Allowed<Read>| "done");
        let catalogue = Catalogue::new().unwrap();
        let router = core.application(&settings, catalogue, (routes, core.clone())).router;
        let Bootstrap::Created(key) = core.identity.bootstrap(None).unwrap() else { panic!("an empty database") };
        let key = key.expose().clone();
        runtime.block_on(invite(&core, &key));
        let by_token = runtime.block_on(signed_in(&core, Way::Tokens));
        let by_cookie = runtime.block_on(signed_in(&core, Way::Cookie));
        let token = by_token.token.unwrap().text.expose().clone();
        let cookie = format!("__Host-bench_session={}", by_cookie.text.expose());
        Self { core, router, key, token, cookie, runtime, _switch: switch, _folder: folder }
    }

    /// Asks, and sees that it was done.
    fn ask(&self, path: &str, (name, value): (&str, &str)) {
        let caller = Caller {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: true,
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
        };
        let request = Request::get(path).header("host", "bench").header(name, value).extension(caller);
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap());
        assert_eq!(self.runtime.block_on(answer).unwrap().status(), StatusCode::OK);
    }
}

/// With limits that are looked at and never reached.
fn settings(cache_time: &str) -> Settings {
    let flags = [
        ("identity.cache_time", cache_time),
        ("identity.password_memory", "8MiB"),
        ("limits.open", "60000000/1m"),
        ("limits.read", "60000000/1m"),
        ("telemetry.access_log", "failures"),
    ];
    let flags = flags.map(|(key, value)| (key.to_owned(), key.to_owned(), value.to_owned()));
    schema("BENCH").load(&Sources { flags: flags.into(), ..Sources::default() }).unwrap()
}

async fn invite(core: &Core, key: &str) {
    let admin = core.identity.authenticate(key).await.unwrap().unwrap();
    let new = NewUser { email: "ann@example.org".into(), name: "Ann".into(), roles: vec!["admin".into()] };
    let (_, ticket) = core.identity.invite(&admin, new).await.unwrap();
    core.identity.accept(ticket.text.expose(), Secret::new(PASSWORD.into())).await.unwrap();
}

async fn signed_in(core: &Core, way: Way) -> SignedIn {
    let (email, password) = ("ann@example.org".to_owned(), Secret::new(PASSWORD.to_owned()));
    let wanted = SignIn { email, password, proof: None, device: None, origin: Origin::default(), way };
    match core.identity.sign_in(wanted).await.unwrap() {
        SignInOutcome::SignedIn(signed_in) => *signed_in,
        SignInOutcome::FactorNeeded(_) => panic!("nobody enrolled"),
    }
}

fn authenticate(criterion: &mut Criterion) {
    for (name, cache_time) in [("remembered", "30s"), ("first", "0s")] {
        let bench = Bench::new(cache_time);
        let mut group = criterion.benchmark_group(name);
        let bearer = |text: &str| format!("Bearer {text}");
        let (key, token) = (bearer(&bench.key), bearer(&bench.token));
        group.bench_function("open", |bencher| bencher.iter(|| bench.ask("/open", ("authorization", &key))));
        group.bench_function("key", |bencher| bencher.iter(|| bench.ask("/own", ("authorization", &key))));
        group.bench_function("token", |bencher| bencher.iter(|| bench.ask("/own", ("authorization", &token))));
        group.bench_function("cookie", |bencher| bencher.iter(|| bench.ask("/own", ("cookie", &bench.cookie))));
        group.finish();
        bench.core.database.close();
    }
}

criterion_group!(benches, authenticate);
criterion_main!(benches);
