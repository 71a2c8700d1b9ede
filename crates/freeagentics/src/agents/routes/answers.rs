//! What was done, as it is answered: texts of JSON that agents have made are passed on as they are.

use axiomcore::http::{Context, Problem, StatusCode};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::decisions::StepAnswer;
use crate::runtime::{Answer, Ask, Done, Level, Request, StepAsk};
use crate::server::Platform;
use crate::server::codes::ANSWER_TOO_LARGE;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// On an answer that was given before.
const IDEMPOTENT_REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// What becomes of one item of a batch of steps.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepOutcome<'a> {
    /// The status that a request of its own would have had.
    #[schema(minimum = 200, maximum = 599)]
    status: u16,
    /// The step, if it was taken.
    result: Option<StepAnswer<'a>>,
    /// Why it was not; places are those within the item.
    #[schema(value_type = Option<Object>)]
    problem: Option<()>,
}

/// What became of each item, in the order in which they were given.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepOutcomes<'a> {
    items: Vec<StepOutcome<'a>>,
}

/// The answer to one step.
pub(crate) fn step(done: Done, dry_run: bool) -> Response {
    let is_real = !dry_run || done.replayed;
    let (revision, replayed) = (is_real.then_some(done.revision), done.replayed);
    headed(json(told(done)), revision, replayed)
}

/// With the agent's revision as its tag, if it has moved, and marked if it was given before.
pub(crate) fn headed(response: Response, revision: Option<u64>, replayed: bool) -> Response {
    let mut response = if let Some(revision) = revision { tagged(response, revision) } else { response };
    if replayed {
        response.headers_mut().insert(IDEMPOTENT_REPLAY, HeaderValue::from_static("true"));
    }
    response
}

/// A body that is JSON already.
pub(crate) fn json(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// With a revision as its tag.
pub(crate) fn tagged(mut response: Response, revision: u64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{revision}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// The JSON of a step; one that is told again says so.
fn told(Done { mut json, replayed, .. }: Done) -> String {
    if replayed && json.pop().is_some() {
        json.push_str(",\"replayed\":true}");
    }
    json
}

/// The most bytes of one answer, about; what it takes to explain ten thousand steps in full is far more.
const MOST_BYTES: usize = 64 << 20;

/// How many items wait for their agents at the same time; fewer if each answer is large.
const AT_ONCE: usize = 1_024;
const AT_ONCE_IN_FULL: usize = 32;

/// Asks for each item that is a request, in order, and answers what became of all of them.
pub(crate) async fn ask_each(
    platform: &Platform,
    context: Option<&Context>,
    items: Vec<Result<Request, Problem>>,
) -> Response {
    let in_full = |request: &Request| matches!(&request.ask, Ask::Step(StepAsk { explain: Level::Full, .. }));
    let at_once = if items.iter().flatten().any(in_full) { AT_ONCE_IN_FULL } else { AT_ONCE };
    let mut requests = Vec::with_capacity(items.len());
    let slots: Vec<Option<Problem>> = items
        .into_iter()
        .map(|item| match item {
            Ok(request) => {
                requests.push(request);
                None
            }
            Err(problem) => Some(problem),
        })
        .collect();
    let mut listing = Listing::new(context.map(Context::request_id));
    let mut slots = slots.into_iter();
    let take = |answer: Answer| {
        // Problems that were known before stand where their items stood.
        slots.by_ref().map_while(|slot| slot).for_each(|problem| listing.problem(&problem));
        match answer {
            Ok(done) => listing.result(done),
            Err(refused) => listing.problem(&refused.into()),
        }
        listing.text.len() < MOST_BYTES
    };
    platform.runtime.ask_in_order(requests, at_once, take).await;
    for slot in slots {
        listing.problem(&slot.unwrap_or_else(|| Problem::new(&ANSWER_TOO_LARGE)));
    }
    listing.response()
}

/// What became of the items of a batch, written one after the other.
pub(crate) struct Listing<'r> {
    text: String,
    request_id: Option<&'r str>,
    is_empty: bool,
}

impl<'r> Listing<'r> {
    pub(crate) fn new(request_id: Option<&'r str>) -> Self {
        Self { text: "{\"items\":[".into(), request_id, is_empty: true }
    }

    fn result(&mut self, done: Done) {
        self.item(StatusCode::OK, "result", &told(done));
    }

    pub(crate) fn problem(&mut self, problem: &Problem) {
        self.item(problem.code().status, "problem", &problem.document(self.request_id).to_string());
    }

    /// One more item: its status, and JSON under a name.
    pub(crate) fn item(&mut self, status: StatusCode, name: &str, json: &str) {
        let comma = if std::mem::take(&mut self.is_empty) { "" } else { "," };
        for part in [comma, "{\"status\":", status.as_str(), ",\"", name, "\":", json, "}"] {
            self.text.push_str(part);
        }
    }

    pub(crate) fn response(mut self) -> Response {
        self.text.push_str("]}");
        json(self.text)
    }
}
