//! What it costs a request that somebody has to be recognised first: the same handler, through the whole middleware, open to
//! everybody and to who has a key, a token or a cookie. What is added is the difference to `open`; the limit of the route's
//! kind is looked at in all of them. Requests come in a task of the runtime, one after the other, as those of a connection do.
//!
//! - `remembered`: from the request before.
//! - `again`: known, and to be looked up again, as it happens every `identity.cache_time`.
//! - `first`: never seen before: two take turns where there is room for one.
//! - `parts`: what looking up is made of; `hop` is a thread that does nothing, there and back, `in_place` lending one's work.
//!
//! ```sh
//! cargo bench -p axiomcore --bench authenticate
//! ```
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark says so by failing")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axiomcore::audit::Product;
use axiomcore::clock::SystemClock;
use axiomcore::config::{Secret, Settings, Sources};
use axiomcore::entropy::SystemEntropy;
use axiomcore::http::{Caller, Catalogue, Json, Open, Routes};
use axiomcore::identity::routes::tokens::get_public_keys;
use axiomcore::identity::{
    Allowed, Bootstrap, Grant, NewKey, NewUser, Origin, Permissions, Role, SignIn, SignInOutcome, SignedIn, Way,
};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::service::{Blueprint, Core, Ground, schema};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::{block_in_place, spawn_blocking, yield_now};
use tokio::time::Instant;
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

/// The name and the value of a header, of two who take turns.
type Shown = (&'static str, [String; 2]);

/// A service, and how somebody comes in.
struct Bench {
    core: Core,
    router: Router,
    keys: Shown,
    tokens: Shown,
    cookies: Shown,
    runtime: Runtime,
    /// What its upkeep listens to.
    _switch: StopSwitch,
    _folder: TempDir,
}

impl Bench {
    fn new(cache_time: &str, cache_size: &str) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let settings = settings(cache_time, cache_size);
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
        let another = runtime.block_on(another(&core, &key));
        let bearer = |text: &str| format!("Bearer {text}");
        let token = || bearer(runtime.block_on(signed_in(&core, Way::Tokens)).token.unwrap().text.expose());
        let cookie = || {
            let signed_in = runtime.block_on(signed_in(&core, Way::Cookie));
            format!("__Host-bench_session={}", signed_in.text.expose())
        };
        let keys = ("authorization", [bearer(&key), bearer(&another)]);
        let (tokens, cookies) = (("authorization", [token(), token()]), ("cookie", [cookie(), cookie()]));
        Self { core, router, keys, tokens, cookies, runtime, _switch: switch, _folder: folder }
    }

    /// Asks so many times, and sees that it was done; how long that took.
    fn ask(&self, times: u64, path: &'static str, (name, values): &Shown) -> Duration {
        let (router, name, values) = (self.router.clone(), *name, values.clone());
        let asking = async move {
            let began = Instant::now();
            for (_, value) in (0..times).zip(values.iter().cycle()) {
                let caller = Caller {
                    address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                    secure: true,
                    peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
                };
                let request = Request::get(path).header("host", "bench").header(name, value).extension(caller);
                let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK);
                // As whoever waits for the next request; else a thread that has lent its work once would have none to lend.
                yield_now().await;
            }
            began.elapsed()
        };
        self.within(asking)
    }

    /// Does something in a task.
    fn within<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.runtime.block_on(self.runtime.spawn(work)).unwrap()
    }
}

/// With limits that are looked at and never reached.
fn settings(cache_time: &str, cache_size: &str) -> Settings {
    let flags = [
        ("identity.cache_time", cache_time),
        ("identity.cache_size", cache_size),
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

/// A second key.
async fn another(core: &Core, key: &str) -> String {
    let admin = core.identity.authenticate(key).await.unwrap().unwrap();
    let new = NewKey { name: "another".into(), permissions: Permissions::Every, expires_at: None };
    core.identity.create_key(&admin, new).await.unwrap().text.expose().clone()
}

async fn signed_in(core: &Core, way: Way) -> SignedIn {
    let (email, password) = ("ann@example.org".to_owned(), Secret::new(PASSWORD.to_owned()));
    let wanted = SignIn { workspace: None, email, password, proof: None, device: None, origin: Origin::default(), way };
    match core.identity.sign_in(wanted).await.unwrap() {
        SignInOutcome::SignedIn(signed_in) => *signed_in,
        SignInOutcome::FactorNeeded(_) => panic!("nobody enrolled"),
    }
}

/// Of the key that tokens are signed with.
async fn modulus(core: &Core) -> Vec<u8> {
    let (_, Json(keys)) = get_public_keys(Open, State(core.identity.clone())).await.unwrap();
    let keys = serde_json::to_value(&keys).unwrap();
    URL_SAFE_NO_PAD.decode(keys["keys"][0]["n"].as_str().unwrap()).unwrap()
}

fn authenticate(criterion: &mut Criterion) {
    for (name, cache_time, cache_size) in
        [("remembered", "30s", "10000"), ("again", "0s", "10000"), ("first", "30s", "1")]
    {
        let bench = Bench::new(cache_time, cache_size);
        let mut group = criterion.benchmark_group(name);
        for (kind, path, shown) in [
            ("open", "/open", &bench.keys),
            ("key", "/own", &bench.keys),
            ("token", "/own", &bench.tokens),
            ("cookie", "/own", &bench.cookies),
        ] {
            group.bench_function(kind, |bencher| bencher.iter_custom(|times| bench.ask(times, path, shown)));
        }
        group.finish();
        bench.core.database.close();
    }
}

fn parts(criterion: &mut Criterion) {
    let bench = Bench::new("30s", "10000");
    let mut group = criterion.benchmark_group("parts");
    group.bench_function("hop", |bencher| {
        bencher.iter_custom(|times| {
            bench.within(async move {
                let began = Instant::now();
                for _ in 0..times {
                    spawn_blocking(|| ()).await.unwrap();
                }
                began.elapsed()
            })
        });
    });
    group.bench_function("in_place", |bencher| {
        bencher.iter_custom(|times| {
            bench.within(async move {
                let began = Instant::now();
                for _ in 0..times {
                    block_in_place(|| ());
                    yield_now().await;
                }
                began.elapsed()
            })
        });
    });
    let database = &bench.core.database;
    group.bench_function("transaction", |bencher| bencher.iter(|| database.read_blocking(|_| Ok(())).unwrap()));
    group.bench_function("row", |bencher| {
        bencher.iter(|| {
            let sql = "SELECT id, fingerprint, permissions FROM credentials WHERE workspace = $1 AND id = $2";
            let rows = database.read_blocking(|connection| connection.query(sql, &[1.into(), "bootstrap".into()]));
            assert!(rows.unwrap().len() < 2);
        });
    });
    let modulus = bench.runtime.block_on(modulus(&bench.core));
    let (signed, signature) = bench.tokens.1[0].strip_prefix("Bearer ").unwrap().rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    group.bench_function("signature", |bencher| {
        bencher.iter(|| {
            let public = RsaPublicKeyComponents { n: modulus.as_slice(), e: [1, 0, 1].as_slice() };
            public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).unwrap();
        });
    });
    group.finish();
    bench.core.database.close();
}

criterion_group!(benches, parts, authenticate);
criterion_main!(benches);
