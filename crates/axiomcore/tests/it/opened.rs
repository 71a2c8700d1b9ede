//! Identity as a node opens it: on a database that others may have opened too, by a clock that stands still.

use std::sync::Arc;

use axiomcore::audit::MIGRATIONS;
use axiomcore::clock::ManualClock;
use axiomcore::config::Profile;
use axiomcore::entropy::SeededEntropy;
use axiomcore::identity::{Bootstrap, Config, Grant, Identity, IdentityParts, Permission, Principal, Role};
use axiomcore::lifecycle::StopSwitch;
use axiomcore::redis::{self, Redis};
use axiomcore::sealing::{Keys, Sealer};
use axiomcore::store::{Database, Location};
use axiomcore::telemetry::Metrics;
use tokio::runtime::Runtime;

pub(crate) const READ: Permission = Permission { name: "things:read", meaning: "Read things." };
pub(crate) const WRITE: Permission = Permission { name: "things:write", meaning: "Write things." };

const ROLES: &[Role] = &[
    Role { name: "admin", meaning: "Everything.", grant: Grant::Every },
    Role { name: "keeper", meaning: "Must have a factor.", grant: Grant::Only(&[READ]) },
    Role { name: "observer", meaning: "Looks on.", grant: Grant::Only(&[READ]) },
];

/// Identity with what it stands on.
pub(crate) struct Opened {
    pub(crate) identity: Identity,
    pub(crate) database: Database,
    pub(crate) metrics: Metrics,
    pub(crate) runtime: Runtime,
    /// Redis is looked after until this goes.
    _switch: StopSwitch,
}

impl Opened {
    /// With randomness of its own, and a Redis if there is one.
    pub(crate) fn new(
        location: &Location,
        config: &Config,
        clock: &ManualClock,
        seed: u64,
        redis: Option<&redis::Config>,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let database = Database::open(location, 4, runtime.handle().clone()).unwrap();
        database.migrate("audit", MIGRATIONS).unwrap();
        let (entropy, metrics) = (Arc::new(SeededEntropy::new(seed)), Metrics::new());
        let redis = redis.and_then(|config| Redis::open(config, Profile::Development, &metrics).unwrap());
        let (_switch, stopping) = StopSwitch::new();
        if let Some(redis) = redis.clone() {
            runtime.spawn(redis.watch(stopping));
        }
        let parts = IdentityParts {
            database: database.clone(),
            clock: Arc::new(clock.clone()),
            sealer: Sealer::new(Keys::one(&"0f".repeat(32)).unwrap(), entropy.clone()),
            entropy,
            metrics: metrics.clone(),
            redis,
            permissions: &[&[READ, WRITE]],
            roles: ROLES,
            key_prefix: "fa",
            name: "Things",
            reached_at: Some("https://example.org".into()),
        };
        let identity = Identity::open(config, parts).unwrap();
        Self { identity, database, metrics, runtime, _switch }
    }

    /// Who may everything, at the first start.
    pub(crate) fn root(&self) -> Principal {
        let Bootstrap::Created(key) = self.identity.bootstrap(None).unwrap() else { panic!("there was a key") };
        let root = self.runtime.block_on(self.identity.authenticate(key.expose())).unwrap();
        Principal::clone(&root.unwrap())
    }
}
