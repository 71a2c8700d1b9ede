//! Who may call a handler stands in the handler's signature: its first argument.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::identity::Permission;

/// Who may call a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a credential.
    Open,
    /// Everybody with a credential.
    Authenticated,
    /// Who has this permission.
    Needs(Permission),
}

/// An extractor that decides who may call the handler.
pub trait Guard {
    /// Whom it lets in.
    const ACCESS: Access;
}

/// Lets everybody in. A handler has to say so.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Guard for Open {
    const ACCESS: Access = Access::Open;
}

impl<S: Send + Sync> FromRequestParts<S> for Open {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// The arguments of a handler whose first one is a [`Guard`]. A handler without one cannot be made a route.
pub trait Guarded {
    /// Whom the handler lets in.
    const ACCESS: Access;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        // `M` is how axum tells apart handlers that take the body from those that do not.
        impl<M, G: Guard, $($argument),*> Guarded for (M, G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}

guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);
guarded!(A B C D E F);
guarded!(A B C D E F H);
