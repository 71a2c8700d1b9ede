//! A server that does nothing: reads a request with a body, answers with a constant. What is left is HTTP.

use std::io::Write;

use axum::Router;
use axum::http::header;
use axum::routing::post;
use harness::Result;
use harness::http::{Access, Request};
use serde_json::json;

use crate::generator::{Errors, Work};

/// As long as the answer to a step with the default explanation.
const ANSWER: [u8; 900] = [b'x'; 900];

/// Serves until it is killed; tells its address as the product does.
pub(crate) fn serve() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let answer = |_: axum::body::Bytes| async { ([(header::CONTENT_TYPE, "application/json")], &ANSWER[..]) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "{}", json!({ "address": listener.local_addr()? }))?;
        Ok(axum::serve(listener, Router::new().route("/api/v1/agents/{id}/steps", post(answer))).await?)
    })
}

/// Requests of the size of a step.
pub(crate) struct BareRequests(Vec<u8>);

impl BareRequests {
    pub(crate) fn new(access: &Access) -> Self {
        let body = br#"{"observation":{"seen_place":"centre","cue_says":"nothing","felt":"nothing"}}"#;
        Self(Request::post("/api/v1/agents/maze-0000000/steps", body).bytes(access))
    }
}

impl Work for BareRequests {
    fn ask(&mut self, request: &mut Vec<u8>, _: &mut Vec<u32>) {
        request.clone_from(&self.0);
    }

    fn answered(&mut self, _: &[u32], status: u16, _: &[u8], errors: &mut Errors) -> u64 {
        if status != 200 {
            *errors.entry(status.to_string()).or_default() += 1;
        }
        u64::from(status == 200)
    }
}
