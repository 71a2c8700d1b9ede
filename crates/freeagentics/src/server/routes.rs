//! All routes, on one page. Each stands here once: the router and the document about the API are made of the same lines.
//! Who may call a route stands in its handler's signature, what it takes and answers beside the handler.

use axiomcore::config::ByteSize;
use axiomcore::http::Routes;
use axiomcore::identity::routes::{
    devices, factors, keys, made, passkeys, passwords, roles, second_factor, services, sessions, sign_in, tokens,
    users, workspaces,
};
use axiomcore::limits::Class;
use utoipa::OpenApi;

use super::{Platform, documentation};
use crate::agents::routes as agents;
use crate::audit::routes as audit;
use crate::backups::routes as backups;
use crate::decisions::routes as decisions;
use crate::live::routes as live;
use crate::models::routes as models;
use crate::{fleets, system};

/// Documents of models may be as large as they are checked for.
const DOCUMENT: ByteSize = ByteSize::mib(8);

/// Ten thousand items of some eight hundred bytes.
const BATCH: ByteSize = ByteSize::mib(8);

/// Some hundred thousand agents.
const IMPORT: ByteSize = ByteSize::mib(64);

/// A line is a method, a path, a handler, and limits of its own if it has some. The class of a route is that of its access
/// and method (everybody: open; otherwise reading or writing) unless it says another.
macro_rules! routes {
    ($($method:ident $path:literal => $($handler:ident)::+ $(, $limit:ident($($value:expr)?))*;)+) => {
        /// The table of routes.
        pub(crate) fn routes() -> Routes<Platform> {
            Routes::new()$(.$method($path, $($handler)::+)$(.$limit($($value)?))*)+
        }

        /// What the handlers declare about themselves.
        pub(crate) fn operations() -> utoipa::openapi::OpenApi {
            #[derive(OpenApi)]
            #[openapi(paths($($($handler)::+),+))]
            struct Operations;
            Operations::openapi()
        }
    };
}

routes! {
    get    "/openapi.json"                          => documentation::get_openapi;

    post   "/api/v1/models"                         => models::create::create_model, body_limit(DOCUMENT);
    get    "/api/v1/models"                         => models::list::list_models;
    post   "/api/v1/models/validate"                => models::validate::validate_model, body_limit(DOCUMENT);
    get    "/api/v1/models/{name}"                  => models::read::get_model;
    get    "/api/v1/models/{name}/versions"         => models::versions::list_model_versions;
    get    "/api/v1/models/{name}/versions/{version}" => models::versions::get_model_version;
    get    "/api/v1/models/{name}/diff"             => models::diff::diff_model_versions;

    post   "/api/v1/agents"                         => agents::create::create_agent;
    get    "/api/v1/agents"                         => agents::list::list_agents;
    post   "/api/v1/agents/batch"                   => agents::create_batch::create_agents, body_limit(BATCH), class(Class::Bulk);
    get    "/api/v1/agents/{id}"                    => agents::get::get_agent;
    delete "/api/v1/agents/{id}"                    => agents::delete::delete_agent;
    put    "/api/v1/agents/{id}/labels"             => agents::relabel::label_agent;
    post   "/api/v1/agents/{id}/reset"              => agents::reset::reset_agent;
    post   "/api/v1/agents/{id}/steps"              => agents::step::step_agent, class(Class::Step);
    post   "/api/v1/steps"                          => agents::step_batch::step_agents, body_limit(BATCH), class(Class::Step);
    get    "/api/v1/agents/{id}/decisions"          => decisions::list::list_decisions;
    get    "/api/v1/agents/{id}/decisions/{step}"   => decisions::get::get_decision;

    post   "/api/v1/fleets/step"                    => fleets::step::step_fleet, class(Class::Bulk);
    post   "/api/v1/fleets/reset"                   => fleets::reset::reset_fleet, class(Class::Bulk);
    get    "/api/v1/fleets/export"                  => fleets::export::export_fleet, class(Class::Bulk);
    post   "/api/v1/import"                         => fleets::import::import_fleet, body_limit(IMPORT), class(Class::Bulk);

    get    "/api/v1/agents/{id}/events"             => live::agent_events::follow_agent, unhurried();
    get    "/api/v1/events"                         => live::events::follow_agents, unhurried();
    get    "/api/v1/ws"                             => live::socket::open_socket, unhurried();

    get    "/.well-known/jwks.json"                 => tokens::get_public_keys;
    post   "/api/v1/sign-in"                        => sign_in::sign_in, class(Class::SignIn);
    post   "/api/v1/sign-in/factor"                 => second_factor::sign_in_with_factor, class(Class::SignIn);
    post   "/api/v1/sign-in/passkey/options"        => passkeys::ask_for_passkey;
    post   "/api/v1/sign-in/passkey"                => passkeys::sign_in_with_passkey, class(Class::SignIn);
    post   "/api/v1/sign-out"                       => sessions::sign_out;
    post   "/api/v1/token/refresh"                  => tokens::refresh_tokens, class(Class::Refresh);
    get    "/api/v1/sessions"                       => sessions::list_sessions;
    delete "/api/v1/sessions"                       => sessions::end_sessions;
    delete "/api/v1/sessions/{id}"                  => sessions::end_session;
    post   "/api/v1/signing-keys/rotate"            => tokens::rotate_signing_key;

    get    "/api/v1/factors"                        => factors::get_factors;
    post   "/api/v1/factors/app"                    => factors::enrol_factor;
    post   "/api/v1/factors/app/confirm"            => factors::confirm_factor;
    post   "/api/v1/factors/app/remove"             => factors::remove_factor;
    post   "/api/v1/factors/recovery-codes"         => factors::renew_recovery_codes;
    get    "/api/v1/factors/passkeys"               => passkeys::list_passkeys;
    post   "/api/v1/factors/passkeys"               => passkeys::register_passkey;
    post   "/api/v1/factors/passkeys/options"       => passkeys::begin_passkey;
    post   "/api/v1/factors/passkeys/challenge"     => passkeys::ask_for_own_passkey;
    post   "/api/v1/factors/passkeys/{id}/remove"   => passkeys::remove_passkey;
    post   "/api/v1/users/{id}/factors/reset"       => factors::reset_factors;
    get    "/api/v1/devices"                        => devices::list_devices;
    delete "/api/v1/devices/{id}"                   => devices::forget_device;

    get    "/api/v1/keys"                           => keys::list_keys;
    post   "/api/v1/keys"                           => keys::create_key;
    delete "/api/v1/keys/{id}"                      => keys::revoke_key;
    get    "/api/v1/principals/{id}/made"           => made::list_made;
    delete "/api/v1/principals/{id}/made"           => made::end_made;

    get    "/api/v1/users"                          => users::list_users;
    post   "/api/v1/users"                          => users::invite_user;
    get    "/api/v1/users/{id}"                     => users::get_user;
    delete "/api/v1/users/{id}"                     => users::delete_user;
    put    "/api/v1/users/{id}/roles"               => users::change_user_roles;
    post   "/api/v1/users/{id}/disable"             => users::disable_user;
    post   "/api/v1/users/{id}/enable"              => users::enable_user;
    post   "/api/v1/users/{id}/ticket"              => users::create_ticket;
    get    "/api/v1/users/{id}/sessions"            => users::list_user_sessions;
    delete "/api/v1/users/{id}/sessions"            => users::end_user_sessions;
    delete "/api/v1/users/{id}/sessions/{session}"  => users::end_user_session;
    post   "/api/v1/tickets/accept"                 => passwords::accept_ticket, class(Class::SignIn);
    post   "/api/v1/password"                       => passwords::change_password, class(Class::SignIn);
    post   "/api/v1/password/reset"                 => passwords::reset_password, class(Class::SignIn);

    get    "/api/v1/roles"                          => roles::list_roles;
    post   "/api/v1/roles"                          => roles::create_role;
    put    "/api/v1/roles/{name}"                   => roles::update_role;
    delete "/api/v1/roles/{name}"                   => roles::delete_role;

    get    "/api/v1/services"                       => services::list_services;
    post   "/api/v1/services"                       => services::create_service;
    get    "/api/v1/services/{id}"                  => services::get_service;
    put    "/api/v1/services/{id}"                  => services::update_service;
    delete "/api/v1/services/{id}"                  => services::delete_service;
    post   "/api/v1/services/{id}/keys"             => services::create_service_key;

    get    "/api/v1/workspaces"                     => workspaces::list_workspaces;
    post   "/api/v1/workspaces"                     => workspaces::create_workspace;
    put    "/api/v1/workspaces/{id}"                => workspaces::rename_workspace;
    post   "/api/v1/workspaces/{id}/users"          => workspaces::invite_into_workspace;

    get    "/api/v1/audit"                          => audit::list::list_audit_entries;
    get    "/api/v1/audit/export"                   => audit::export::export_audit_entries, class(Class::Bulk);
    post   "/api/v1/audit/erasures"                 => audit::erase::erase_audit_entries;
    get    "/api/v1/audit/hold"                     => audit::hold::get_audit_hold;
    put    "/api/v1/audit/hold"                     => audit::hold::hold_audit;
    delete "/api/v1/audit/hold"                     => audit::hold::release_audit;

    get    "/api/v1/backups"                        => backups::list::list_backups;
    post   "/api/v1/backups"                        => backups::create::create_backup;

    get    "/api/v1/whoami"                         => system::whoami::get_whoami;
    get    "/api/v1/system"                         => system::read::get_system;
}
