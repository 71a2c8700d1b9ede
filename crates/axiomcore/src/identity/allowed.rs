//! The extractors through which a handler gets its principal.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;

use super::credential::{Credential, credential};
use super::cross_site::refuse_cross_site;
use super::settled::Settled;
use super::{CameBy, Identity, Permission, Principal, Require, codes};
use crate::http::{Access, Admitted, Context, Guard, Problem};

/// Lets in who has the permission `P`, and is who they are. What a handler does beyond that asks
/// [`Principal::require`].
#[derive(Clone, Debug)]
pub struct Allowed<P> {
    principal: Arc<Principal>,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// The principal, to keep.
    pub fn principal(&self) -> Arc<Principal> {
        self.principal.clone()
    }
}

impl Principal {
    /// Refuses who has to enrol a second factor first.
    fn has_enrolled(&self) -> Result<(), Problem> {
        if self.must_enrol { Err(Problem::new(&codes::FACTOR_ENROLMENT_REQUIRED)) } else { Ok(()) }
    }

    /// Refuses who lacks the permission `Q`.
    ///
    /// # Errors
    /// If it is lacking.
    pub fn require<Q: Require>(&self) -> Result<(), Problem> {
        self.has_enrolled()?;
        let Permission { name, .. } = Q::PERMISSION;
        if self.permissions.has(Q::PERMISSION) {
            return Ok(());
        }
        let told = Problem::new(&codes::FORBIDDEN);
        Err(told.detail(format!("the credential does not have the permission `{name}`")).with("permission", name))
    }
}

impl<P> Deref for Allowed<P> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<P: Require> Guard for Allowed<P> {
    const ACCESS: Access = Access::Needs(P::PERMISSION);
}

impl<P: Require, S: Send + Sync> FromRequestParts<S> for Allowed<P>
where
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = authenticate(parts, state).await?;
        principal.require::<P>()?;
        Ok(Self { principal, permission: PhantomData })
    }
}

/// Lets in who has any valid credential, and is who they are.
#[derive(Clone, Debug)]
pub struct Authenticated(pub Arc<Principal>);

impl Guard for Authenticated {
    const ACCESS: Access = Access::Authenticated;
}

impl<S: Send + Sync> FromRequestParts<S> for Authenticated
where
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = authenticate(parts, state).await?;
        principal.has_enrolled()?;
        Ok(Self(principal))
    }
}

/// Lets in who has any valid credential, even if they can do nothing yet but enrol a second factor.
#[derive(Clone, Debug)]
pub struct Anybody(pub Arc<Principal>);

impl Guard for Anybody {
    const ACCESS: Access = Access::Authenticated;
}

impl<S: Send + Sync> FromRequestParts<S> for Anybody
where
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        authenticate(parts, state).await.map(Self)
    }
}

async fn authenticate<S>(parts: &mut Parts, state: &S) -> Result<Arc<Principal>, Problem>
where
    Identity: FromRef<S>,
{
    let identity = Identity::from_ref(state);
    let walk = Context::of(&parts.extensions).and_then(Context::walk);
    let admitted = Admitted::of(&parts.extensions);
    let may_guess = || admitted.map_or(Ok(()), |admitted| admitted.may_guess(&parts.extensions));
    let shown = credential(parts, identity.cookie());
    let principal = match &shown {
        Some(Credential::Bearer(token)) => {
            let principal = identity.authenticate_unless(token, may_guess).await?;
            principal.filter(|principal| principal.came_by != CameBy::Cookie)
        }
        Some(Credential::Cookie(text)) => {
            refuse_cross_site(parts)?;
            let principal = identity.authenticate_unless(text, may_guess).await?;
            principal.filter(|principal| principal.came_by == CameBy::Cookie)
        }
        None => None,
    };
    if let Some(mut walk) = walk {
        walk.lap("authenticate");
    }
    let Some(principal) = principal else {
        if let Some(admitted) = admitted {
            admitted.count_stranger(&parts.extensions).await?;
        }
        return Err(identity.refuse(shown.as_ref()).await);
    };
    if let Some(context) = Context::of(&parts.extensions) {
        context.identify(principal.workspace, &principal.id);
    }
    if let Some(admitted) = admitted {
        admitted.count_principal(&principal, &parts.extensions).await?;
    }
    if let Some(Credential::Bearer(text) | Credential::Cookie(text)) = shown
        && ![Method::GET, Method::HEAD].contains(&parts.method)
    {
        let settled = Settled::now(&identity, text, &principal);
        parts.extensions.insert(settled);
    }
    Ok(principal)
}
