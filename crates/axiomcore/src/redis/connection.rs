//! The connection, while there is one.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, ConnectionInfo, FromRedisValue, IntoConnectionInfo, TlsCertificates};

use super::{Call, Config};
use crate::config::{Profile, Secret};
use crate::telemetry::{Counters, Declaration, Metrics};

const CONNECTED: Declaration =
    Declaration::gauge("redis_connected", &[], "Whether Redis answers; absent where there is none");
const CALLS: Declaration = Declaration::counter(
    "redis_calls_total",
    &["outcome"],
    "What was asked of Redis: answered, failed, or not even tried because it was lost",
);

/// Redis is not there, or too slow: whoever asked goes on alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Redis is lost")]
pub struct Lost;

/// Why what is said about Redis cannot be used. That it is not there is no reason.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL, or the certificates.
    #[error("redis.url or redis.tls_ca cannot be used: {0}")]
    Unusable(#[from] redis::RedisError),
    /// The file with certificates cannot be read.
    #[error("redis.tls_ca: {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
}

/// A Redis, there or lost. Clones are the same.
#[derive(Clone)]
pub struct Redis(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) way: Mutex<Way>,
    profile: Profile,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) watch_interval: Duration,
    prefix: String,
    pub(super) state: RwLock<State>,
    calls: Counters,
}

/// How it is reached. It is another one when a secret is another one.
pub(super) struct Way {
    config: Config,
    pub(super) client: Client,
}

/// How it stands.
#[derive(Default)]
pub(super) struct State {
    pub(super) connection: Option<MultiplexedConnection>,
    /// Counts connections, so that what fails late on an old one does not end a new one.
    pub(super) generation: u64,
    /// Why there is none.
    pub(super) trouble: Option<String>,
}

impl Redis {
    /// The Redis that is configured, if one is. It is lost until [`watch`](Self::watch) has found it.
    ///
    /// # Errors
    /// If the URL or the certificates cannot be used.
    pub fn open(config: &Config, profile: Profile, metrics: &Metrics) -> Result<Option<Self>, OpenError> {
        let calls = metrics.counters(CALLS);
        let redis = match &config.url {
            Some(url) => Some(Self(Arc::new(Inner {
                way: Mutex::new(Way { config: config.clone(), client: client(config, url)? }),
                profile,
                timeout: config.timeout.duration(),
                connect_timeout: config.connect_timeout.duration(),
                watch_interval: config.watch_interval.duration(),
                prefix: config.prefix.clone(),
                state: RwLock::default(),
                calls,
            }))),
            None => None,
        };
        let own = redis.clone();
        metrics.observed(CONNECTED, move || own.as_ref().map(|redis| if redis.is_there() { 1.0 } else { 0.0 }));
        Ok(redis)
    }

    /// Whether it answered when it was last asked.
    pub fn is_there(&self) -> bool {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).connection.is_some()
    }

    /// Why it is lost, if that is known.
    pub fn trouble(&self) -> Option<String> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }

    /// Runs a script.
    ///
    /// # Errors
    /// If it is lost; also if it is only now found to be, or answers too late.
    pub async fn run<T: FromRedisValue>(&self, call: Call) -> Result<T, Lost> {
        let Some((mut connection, generation)) = self.connection() else {
            self.0.calls.with(&["skipped"]).inc();
            return Err(Lost);
        };
        let mut invocation = call.script.prepare_invoke();
        for key in &call.keys {
            invocation.key(format!("{}{key}", self.0.prefix));
        }
        for argument in &call.arguments {
            invocation.arg(argument);
        }
        match tokio::time::timeout(self.0.timeout, invocation.invoke_async(&mut connection)).await {
            Ok(Ok(answer)) => {
                self.0.calls.with(&["answered"]).inc();
                return Ok(answer);
            }
            Ok(Err(error)) => self.lose(generation, &error.to_string()),
            Err(_) => self.lose(generation, &format!("no answer within {:?}", self.0.timeout)),
        }
        self.0.calls.with(&["failed"]).inc();
        Err(Lost)
    }

    /// Reads files with secrets again; says whether one said something else, with which it is reached from now on, or why
    /// that may not be used. Blocks.
    pub(super) fn renew(&self) -> Result<bool, String> {
        let mut way = self.0.way.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(config) = way.config.renewed(self.0.profile)? else { return Ok(false) };
        let Some(url) = &config.url else { return Ok(false) };
        let client = client(&config, url).map_err(|error| error.to_string())?;
        *way = Way { config, client };
        tracing::info!("a secret of Redis was read again from its file, which says something else now");
        Ok(true)
    }

    pub(super) fn connection(&self) -> Option<(MultiplexedConnection, u64)> {
        let state = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        Some((state.connection.clone()?, state.generation))
    }

    /// Lets a connection go that does not work any more.
    pub(super) fn lose(&self, generation: u64, why: &str) {
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation == generation && state.connection.take().is_some() {
            state.trouble = Some(why.to_owned());
            tracing::warn!(why, "Redis is lost, every node goes on by itself: {why}");
        }
    }
}

fn client(config: &Config, url: &Secret<String>) -> Result<Client, OpenError> {
    let mut info: ConnectionInfo = url.expose().as_str().into_connection_info()?;
    if let Some(password) = &config.password {
        let settings = info.redis_settings().clone().set_password(password.expose());
        info = info.set_redis_settings(settings);
    }
    match &config.tls_ca {
        None => Ok(Client::open(info)?),
        Some(path) => {
            let root_cert = Some(read(path)?);
            Ok(Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert })?)
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, OpenError> {
    std::fs::read(path).map_err(|error| OpenError::Unreadable(path.to_owned(), error))
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_there() { "Redis(there)" } else { "Redis(lost)" })
    }
}
