//! The operations that every service of the core has. Their handlers are there; here is what they take and answer.
#![expect(dead_code, reason = "only what is written about these functions is used")]

use axiomcore::http::codes::NOT_FOUND;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::failures;

/// What the core's own routes take and answer.
pub(super) fn operations() -> utoipa::openapi::OpenApi {
    Operations::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(get_liveness, get_readiness, get_startup, list_errors, get_error))]
struct Operations;

/// The process runs and answers.
#[derive(Serialize, ToSchema)]
struct Liveness {
    #[schema(pattern = "^ok$")]
    status: String,
}

/// Whether the server should get requests, and why not.
#[derive(Serialize, ToSchema)]
struct Readiness {
    ready: bool,
    /// `starting`, `running` or `stopping`.
    #[schema(pattern = "^(starting|running|stopping)$")]
    stage: String,
    /// What each check found.
    checks: Vec<Check>,
}

/// What the check of one thing found.
#[derive(Serialize, ToSchema)]
struct Check {
    /// What was checked, such as `database`.
    name: String,
    #[schema(pattern = "^(ok|degraded|failed|timed_out)$")]
    status: String,
}

/// How far the start has come.
#[derive(Serialize, ToSchema)]
struct Startup {
    #[schema(pattern = "^(starting|running|stopping)$")]
    stage: String,
}

/// The explanation of an error code.
#[derive(Serialize, ToSchema)]
struct ErrorPage {
    /// The code.
    code: String,
    /// The status of answers with it.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What went wrong, for every case of it.
    title: String,
    /// What to do about it, as Markdown.
    help: String,
}

/// All error codes.
#[derive(Serialize, ToSchema)]
struct ErrorPages {
    errors: Vec<ErrorPage>,
}

failures! { ErrorPageFailures: NOT_FOUND }

/// Whether the process lives
///
/// It does if this is answered. A supervisor restarts a process that does not answer.
#[utoipa::path(get, tag = "service", path = "/health/live", responses((status = 200, description = "It lives.", body = Liveness)))]
fn get_liveness() {}

/// Whether the server should get requests
///
/// Asks everything that the server cannot do without.
#[utoipa::path(get, tag = "service", path = "/health/ready", responses(
    (status = 200, description = "It should.", body = Readiness),
    (status = 503, description = "It should not, for the reasons given.", body = Readiness),
))]
fn get_readiness() {}

/// Whether the server has started
#[utoipa::path(get, tag = "service", path = "/health/startup", responses(
    (status = 200, description = "It has.", body = Startup),
    (status = 503, description = "Not yet.", body = Startup),
))]
fn get_startup() {}

/// All error codes
///
/// As a page for browsers, as JSON for everybody else.
#[utoipa::path(get, tag = "service", path = "/errors", responses(
    (status = 200, description = "All error codes.", content((ErrorPages = "application/json"), (String = "text/html"))),
))]
fn list_errors() {}

/// The explanation of an error code
///
/// As a page for browsers, as JSON for everybody else.
#[utoipa::path(get, tag = "service", path = "/errors/{code}", params(("code" = String, Path, description = "The code.")), responses(
    (status = 200, description = "The explanation.", content((ErrorPage = "application/json"), (String = "text/html"))),
    ErrorPageFailures,
))]
fn get_error() {}
