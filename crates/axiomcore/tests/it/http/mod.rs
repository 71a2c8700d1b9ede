//! The server with routes that misbehave, over real sockets.

mod bodies;
mod browsers;
mod callers;
mod health;
mod limits;
mod pages;
mod problems;
mod rates;
mod smuggling;
mod stopping;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::audit::Refusals;
use axiomcore::clock::SystemClock;
use axiomcore::config::Profile;
use axiomcore::entropy::{Ids, SeededEntropy};
use axiomcore::http::{
    Application, Caller, Catalogue, Config, Health, Json, Open, Path, Problem, Query, Route, Routes, Server,
    Surroundings,
};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::limits::{Config as Rates, Limits, LimitsParts};
use axiomcore::redis::{Config as RedisConfig, Redis};
use axiomcore::telemetry::traces::Traces;
use axiomcore::telemetry::{AccessLog, Metrics};
use axiomcore::tls::Transport;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// A running server; stops when dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Metrics,
    pub(crate) health: Health,
    pub(crate) table: Vec<Route>,
    switch: StopSwitch,
    server: Option<JoinHandle<usize>>,
    runtime: Runtime,
}

impl Running {
    /// With defaults, apart from what a test changes.
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(&Rates::default(), None, change)
    }

    /// The same with limits, which are shared if there is a Redis.
    pub(crate) fn start_with(rates: &Rates, redis: Option<&RedisConfig>, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_over(Transport::plain, rates, redis, change)
    }

    /// The same with a transport of its own.
    pub(crate) fn start_over(
        transport: impl FnOnce(&Metrics) -> Transport,
        rates: &Rates,
        redis: Option<&RedisConfig>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), metrics_listen: None, ..Config::default() };
        change(&mut config);
        let (metrics, health) = (Metrics::new(), Health::new());
        let redis = redis.and_then(|config| Redis::open(config, Profile::Development, &metrics).unwrap());
        let (switch, stopping) = StopSwitch::new();
        if let Some(redis) = &redis {
            redis.report(&health);
            runtime.spawn(redis.clone().watch(stopping.clone()));
        }
        let limits = limits_of(rates, &metrics, redis);
        let application = application_with(&config, limits, &metrics, &health);
        let table = application.table.clone();
        let transport = transport(&metrics);
        let server = Server::build(&config, &transport, application, &metrics, health.clone());
        let server = runtime.block_on(server).unwrap();
        let address = server.address();
        let server = Some(runtime.spawn(server.run_until_stopped(stopping)));
        Self { address, metrics, health, table, switch, server, runtime }
    }

    /// Asks it to stop and waits; how many connections were cut off.
    pub(crate) fn stop(&mut self) -> usize {
        self.switch.stop();
        self.server.take().map_or(0, |server| self.runtime.block_on(server).unwrap())
    }

    pub(crate) fn ask_to_stop(&self) {
        self.switch.stop();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(super) fn application(config: &Config, metrics: &Metrics, health: &Health) -> Application {
    application_with(config, limits_of(&Rates::default(), metrics, None), metrics, health)
}

pub(crate) fn limits_of(rates: &Rates, metrics: &Metrics, redis: Option<Redis>) -> Limits {
    let (clock, entropy) = (Arc::new(SystemClock), &SeededEntropy::new(1));
    Limits::new(rates, LimitsParts { clock, entropy, metrics, redis }).unwrap()
}

fn application_with(config: &Config, limits: Limits, metrics: &Metrics, health: &Health) -> Application {
    let surroundings = Surroundings {
        ids: Arc::new(Ids::new(Arc::new(SystemClock), &SeededEntropy::new(1)).unwrap()),
        metrics: metrics.clone(),
        health: health.clone(),
        limits,
        catalogue: Arc::new(Catalogue::new().unwrap()),
        access_log: AccessLog::All,
        traces: Traces::none(),
        refusals: Refusals::default(),
    };
    Application::new(config, &surroundings, routes(), ())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    drinks: Vec<Drink>,
}

/// Without `deny_unknown_fields`, which somebody may forget.
#[derive(Deserialize)]
struct Drink {
    cups: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<u8>,
}

fn routes() -> Routes<()> {
    Routes::new()
        .get("/hello", async |_: Open| "hello")
        .get("/who", async |_: Open, caller: Caller| format!("{} {}", caller.address, caller.secure))
        .get("/large", async |_: Open| "a".repeat(10_000))
        .get("/panic", panicking)
        .get("/internal", async |_: Open| Problem::internal("the secret plan"))
        .get("/plain", async |_: Open| (axum::http::StatusCode::IM_A_TEAPOT, "internal words"))
        .get("/slow", slow)
        .get("/stream", slow)
        .unhurried()
        .get("/numbers/{number}", async |_: Open, Path(number): Path<u8>| number.to_string())
        .get("/pages", async |_: Open, Query(page): Query<Page>| format!("{:?}", page.limit))
        .post("/orders", take_order)
        .post("/small", take_order)
        .body_limit(axiomcore::config::ByteSize::kib(1))
}

async fn panicking(_: Open) -> &'static str {
    panic!("the secret plan")
}

async fn slow(_: Open) -> &'static str {
    tokio::time::sleep(Duration::from_millis(600)).await;
    "slow"
}

async fn take_order(_: Open, Json(order): Json<Order>) -> Json<Value> {
    Json(json!({ "cups": order.drinks.iter().map(|drink| u32::from(drink.cups)).sum::<u32>() }))
}
