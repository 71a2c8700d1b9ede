//! `GET /api/v1/ws`.

use axiomcore::http::Problem;
use axiomcore::identity::Allowed;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderValue;
use axum::http::header::UPGRADE;
use axum::response::Response;

use crate::server::Platform;
use crate::server::codes::{TOO_MANY_STREAMS, UPGRADE_REQUIRED};
use crate::server::openapi::failures;
use crate::server::permissions::ReadAgents;

failures! { Failures: UPGRADE_REQUIRED, TOO_MANY_STREAMS }

/// The protocol that is spoken: a browser that offers its credential as a protocol must be able to choose another one.
const PROTOCOL: &str = "freeagentics.v1";

/// Follow agents over a WebSocket
///
/// The client sends texts of JSON: `{"subscribe": {"agent": "a"}}` or `{"subscribe": {"labels": {"team": "x"}}}`, with
/// `"after": 7` to begin after an event, is answered by `{"subscribed": 1}`; `{"unsubscribe": 1}` by `{"unsubscribed": 1}`;
/// `{"ping": …}` by `{"pong": …}`; what is wrong by `{"problem": {…}}`. Events come as `LiveEvent` with the number of the
/// `subscription`; `{"ended": 1}` says that its agent is gone. At most 32 subscriptions, and 8 KiB a message.
///
/// Close codes: 1001 the server is stopping, 1003 a message is binary, 1008 the credential does not work any more, 1009 a
/// message is too long. A page in a browser, which cannot set `Authorization`, offers the protocols `freeagentics.v1` and
/// `bearer.KEY`.
#[utoipa::path(
    get,
    path = "/api/v1/ws",
    responses((status = 101, description = "The protocol changes to WebSocket."), Failures),
)]
pub(crate) async fn open_socket(
    caller: Allowed<ReadAgents>,
    State(platform): State<Platform>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let told = Problem::new(&UPGRADE_REQUIRED).detail(rejection.body_text());
        told.header(UPGRADE, HeaderValue::from_static("websocket"))
    })?;
    platform.live.open(caller.principal(), upgrade.protocols([PROTOCOL]))
}
