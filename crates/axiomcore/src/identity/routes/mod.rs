//! What identity offers over HTTP. A service puts these handlers among its own routes, at addresses of its own.

pub mod devices;
pub mod factors;
pub mod keys;
pub mod listing;
pub mod made;
pub mod passkeys;
pub mod passwords;
mod proof;
pub mod roles;
pub mod second_factor;
pub mod services;
pub mod sessions;
pub mod sign_in;
pub mod tokens;
pub mod users;
pub mod workspaces;

crate::permissions! {
    /// What one may do with credentials.
    pub const PERMISSIONS;
    ResetFactors = ("factors:reset", "Remove the second factors of somebody who may no more than oneself and has lost them.");
    ReadKeys = ("keys:read", "See which API keys there are, what each may do and when it was last used.");
    WriteSigningKeys = ("signing_keys:write", "Replace the keys that access tokens are signed with.");
    WriteKeys = ("keys:write", "Make API keys that may no more than their maker, and revoke them.");
    ReadSessions = ("sessions:read", "See where somebody else has signed in, and since when.");
    EndSessions = ("sessions:end", "Sign somebody else out who may no more than who does it.");
    ReadServices = ("services:read", "See service accounts, their roles and whom they belong to.");
    WriteServices = ("services:write", "Make, change and delete service accounts that may no more than their maker, and make \
                     keys of theirs.");
    ReadUsers = ("users:read", "See people, what roles they have, and what each role may.");
    WriteUsers = ("users:write", "Invite, disable and delete people who may no more than who does it, and change their roles.");
    WriteRoles = ("roles:write", "Make, change and delete roles that may no more than their maker.");
    ReadWorkspaces = ("workspaces:read", "See the workspace's name; in the default workspace, those of all.");
    WriteWorkspaces = ("workspaces:write", "In the default workspace, with all permissions: make and rename workspaces, and \
                       invite people into them.");
}
