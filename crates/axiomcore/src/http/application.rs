//! The routes of a service inside the middleware.

use std::fmt;
use std::sync::Arc;

use axum::Router;

use super::admission::Admission;
use super::{Catalogue, Config, Health, Route, Routes, health, middleware, pages};
use crate::audit::Refusals;
use crate::entropy::Ids;
use crate::limits::Limits;
use crate::telemetry::traces::Traces;
use crate::telemetry::{AccessLog, Metrics};

/// What the middleware needs from the service.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Where request ids come from.
    pub ids: Arc<Ids>,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// Whether the service is ready.
    pub health: Health,
    /// How often who may ask.
    pub limits: Limits,
    /// What can go wrong.
    pub catalogue: Arc<Catalogue>,
    /// Which requests are traced.
    pub traces: Traces,
    /// Which requests are logged.
    pub access_log: AccessLog,
    /// Where refusals are counted.
    pub refusals: Refusals,
}

/// A service, ready to be served.
pub struct Application {
    /// The routes in the middleware.
    pub router: Router,
    /// All routes, those for health and error pages included.
    pub table: Vec<Route>,
}

impl Application {
    /// Puts routes together with those that every service has, and all of them into the middleware.
    pub fn new<S>(config: &Config, surroundings: &Surroundings, routes: Routes<S>, state: S) -> Self
    where
        S: Clone + Send + Sync + 'static,
    {
        let routes = routes.merge(health::routes(&surroundings.health)).merge(pages::routes(&surroundings.catalogue));
        let table = routes.table();
        let admission = Admission::new(config, &surroundings.limits, &surroundings.metrics);
        let router = routes.into_router(&admission).with_state(state);
        Self { router: middleware::around(router, config, surroundings, &admission), table }
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.table.iter().map(|route| (&route.method, route.path))).finish()
    }
}
