//! What identity offers over HTTP. A service puts these handlers among its own routes, at addresses of its own.

pub mod devices;
pub mod factors;
pub mod keys;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod tokens;

crate::permissions! {
    /// What one may do with credentials.
    pub const PERMISSIONS;
    ResetFactors = ("factors:reset", "Remove the second factor of somebody who may no more than oneself and has lost it.");
    ReadKeys = ("keys:read", "See which API keys there are, what each may do and when it was last used.");
    WriteSigningKeys = ("signing_keys:write", "Replace the keys that access tokens are signed with.");
    WriteKeys = ("keys:write", "Make API keys that may no more than their maker, and revoke them.");
}
