//! Requests are counted: by address as soon as they come, by principal once it is known who asks.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::http::Extensions;

use super::{Caller, Context, Problem};
use crate::identity::Principal;
use crate::limits::{Class, Limits, Quota, Subject};

/// On what terms a request was let in, in its extensions.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    limits: Limits,
    /// None for what is not counted.
    class: Option<Class>,
    body_timeout: Duration,
}

impl Admitted {
    pub(super) fn new(limits: &Limits, class: Option<Class>, body_timeout: Duration) -> Self {
        Self { limits: limits.clone(), class, body_timeout }
    }

    /// Those of the request with these extensions.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// How long the body may take to arrive.
    pub(super) const fn body_timeout(&self) -> Duration {
        self.body_timeout
    }

    /// Counts a request that is counted by where it comes from.
    pub(super) async fn count_address(&self, extensions: &Extensions) -> Result<(), Problem> {
        match self.class {
            Some(class) if class.is_by_address() => self.count(class, address(extensions), extensions).await,
            _ => Ok(()),
        }
    }

    /// Counts a request that is counted by who asks.
    pub(crate) async fn count_principal(&self, principal: &Principal, extensions: &Extensions) -> Result<(), Problem> {
        match self.class {
            Some(class) if !class.is_by_address() => self.count(class, principal.into(), extensions).await,
            _ => Ok(()),
        }
    }

    /// Counts a request whose credential is missing or wrong.
    pub(crate) async fn count_stranger(&self, extensions: &Extensions) -> Result<(), Problem> {
        self.count(Class::Unauthenticated, address(extensions), extensions).await
    }

    /// Refuses to look at credentials from where too many wrong ones came.
    pub(crate) fn may_guess(&self, extensions: &Extensions) -> Result<(), Problem> {
        let quota = self.limits.look(Class::Unauthenticated, address(extensions));
        let refused = quota.filter(|quota| !quota.level.taken);
        refused.map_or(Ok(()), |quota| noted(quota, extensions).admit())
    }

    async fn count(&self, class: Class, subject: Subject<'_>, extensions: &Extensions) -> Result<(), Problem> {
        let quota = self.limits.take(class, subject).await;
        quota.map_or(Ok(()), |quota| noted(quota, extensions).admit())
    }
}

/// Noted for the headers of the answer.
fn noted(quota: Quota, extensions: &Extensions) -> Quota {
    if let Some(context) = Context::of(extensions) {
        context.note(quota);
    }
    quota
}

/// Where a request comes from. Those that came by no connection count as one.
fn address(extensions: &Extensions) -> Subject<'static> {
    const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    Subject::Address(extensions.get::<Caller>().map_or(NOWHERE, |caller| caller.address))
}
