//! The table of routes: every handler with its method, path, access and limits.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::admission::{Admission, admitted};
use super::{Access, Guarded};
use crate::config::ByteSize;
use crate::limits::Class;

/// One route, as documents and tests list it.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// A limit of its own on the body.
    pub body_limit: Option<ByteSize>,
    /// Whether it may answer as long as it likes: for streams.
    pub unhurried: bool,
    /// Whether it is answered even when the server is full, and is not counted against any limit: for probes.
    pub always: bool,
    /// Against which limit it is counted.
    pub class: Class,
}

/// Routes over a state `S`.
pub struct Routes<S>(Vec<(Route, MethodRouter<S>)>);

macro_rules! methods {
    ($($name:ident, $method:ident;)+) => {$(
        #[doc = concat!("With a route for `", stringify!($method), "`.")]
        #[must_use]
        pub fn $name<H, T>(self, path: &'static str, handler: H) -> Self
        where
            H: Handler<T, S>,
            T: Guarded + 'static,
        {
            self.with(Method::$method, MethodFilter::$method, path, handler)
        }
    )+};
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Without routes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    methods! { get, GET; post, POST; put, PUT; patch, PATCH; delete, DELETE; }

    fn with<H, T>(mut self, method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: Guarded + 'static,
    {
        let (access, body_limit, unhurried, always) = (T::ACCESS, None, false, false);
        let class = match access {
            Access::Open => Class::Open,
            _ if method == Method::GET => Class::Read,
            _ => Class::Write,
        };
        self.0.push((Route { method, path, access, body_limit, unhurried, always, class }, on(filter, handler)));
        self
    }

    /// Gives the last route a limit of its own on the body.
    #[must_use]
    pub fn body_limit(self, limit: ByteSize) -> Self {
        self.last(|route| route.body_limit = Some(limit))
    }

    /// Lets the last route answer as long as it likes, outside the number of requests in flight: for streams, which
    /// have limits of their own.
    #[must_use]
    pub fn unhurried(self) -> Self {
        self.last(|route| {
            route.unhurried = true;
            if route.access != Access::Open {
                route.class = Class::Stream;
            }
        })
    }

    /// Counts the last route against another limit than its access and method say.
    #[must_use]
    pub fn class(self, class: Class) -> Self {
        self.last(|route| route.class = class)
    }

    /// Lets the last route be answered even when the server is full, and without limit: for probes.
    #[must_use]
    pub fn always(self) -> Self {
        self.last(|route| route.always = true)
    }

    fn last(mut self, change: impl FnOnce(&mut Route)) -> Self {
        if let Some((route, _)) = self.0.last_mut() {
            change(route);
        }
        self
    }

    /// With all routes of another table.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The table.
    pub fn table(&self) -> Vec<Route> {
        self.0.iter().map(|(route, _)| route.clone()).collect()
    }

    pub(super) fn into_router(self, admission: &Admission) -> Router<S> {
        self.0.into_iter().fold(Router::new(), |router, (route, handler)| {
            router.route(route.path, admitted(handler, &route, admission))
        })
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}
