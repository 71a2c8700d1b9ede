//! All routes, on one page. Each stands here once: the router and the document about the API are made of the same lines.
//! Who may call a route stands in its handler's signature, what it takes and answers beside the handler.

use axiomcore::config::ByteSize;
use axiomcore::http::Routes;
use utoipa::OpenApi;

use super::{Platform, documentation};
use crate::models::routes as models;
use crate::system;

/// Documents of models may be as large as they are checked for.
const DOCUMENT: ByteSize = ByteSize::mib(8);

/// A line is a method, a path, a handler, and limits of its own if it has some.
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

    get    "/api/v1/whoami"                         => system::whoami::get_whoami;
    get    "/api/v1/system"                         => system::read::get_system;
}
