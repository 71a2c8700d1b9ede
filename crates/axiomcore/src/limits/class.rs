//! Kinds of routes.

/// A kind of route, which has a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Needs no credential; also what is asked for and does not exist. Per address.
    Open,
    /// Signing in and its like. Per address.
    SignIn,
    /// New tokens for a refresh token. Per address, but not out of the bucket of signing in: whoever shares an address with
    /// many would be thrown out by how often the others come in.
    Refresh,
    /// Requests whose credential is missing or wrong. Per address.
    Unauthenticated,
    /// Reads. Per principal, like all that follow.
    Read,
    /// Changes something.
    Write,
    /// What the service is mainly for.
    Step,
    /// Reads or changes much at once.
    Bulk,
    /// Opens a stream.
    Stream,
}

impl Class {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::SignIn,
        Self::Refresh,
        Self::Unauthenticated,
        Self::Read,
        Self::Write,
        Self::Step,
        Self::Bulk,
        Self::Stream,
    ];

    /// Its name, for settings, metrics and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SignIn => "sign_in",
            Self::Refresh => "refresh",
            Self::Unauthenticated => "unauthenticated",
            Self::Read => "read",
            Self::Write => "write",
            Self::Step => "step",
            Self::Bulk => "bulk",
            Self::Stream => "stream",
        }
    }

    /// Whether it is counted by address, before anybody knows who asks.
    pub const fn is_by_address(self) -> bool {
        matches!(self, Self::Open | Self::SignIn | Self::Refresh | Self::Unauthenticated)
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}
