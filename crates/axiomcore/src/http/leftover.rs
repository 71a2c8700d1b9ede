//! What a handler leaves of a request's body is taken, if it is little, so that the connection can go on.
//!
//! A request may be answered before its body has arrived: it has no credential, say. If the server closed the connection
//! then, what the client still sends would be answered with a reset, which can overtake the answer; and a client that
//! keeps connections would find this one gone. Where there is too much left, the answer says that the connection ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, EXPECT};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// How much is taken at most.
const MOST: u64 = 256 << 10;

/// How long it may take to arrive.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) async fn take_leftover(request: Request, next: Next) -> Response {
    // Who asks whether to send the body is told by the answer that there is no need to.
    let waits = request.headers().contains_key(EXPECT);
    let slot = Slot::default();
    let request = request.map(|body| if body.is_end_stream() { body } else { Kept::wrapped(body, &slot) });
    let mut response = next.run(request).await;
    if let Some(left) = slot.take()
        && (waits || !is_taken(left).await)
    {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Whether the rest arrived in time and was little enough.
async fn is_taken(mut body: Body) -> bool {
    if body.size_hint().lower() > MOST {
        return false;
    }
    let rest = async {
        let mut taken = 0;
        while let Some(frame) = body.frame().await {
            taken += frame.ok()?.data_ref().map_or(0, Bytes::len) as u64;
            if taken > MOST {
                return None;
            }
        }
        Some(())
    };
    tokio::time::timeout(PATIENCE, rest).await.is_ok_and(|rest| rest.is_some())
}

/// Where a body is put when its handler lets go of it.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<Body>>>);

impl Slot {
    fn take(&self) -> Option<Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A body that is put back when it is dropped before its end.
struct Kept {
    body: Body,
    slot: Slot,
}

impl Kept {
    fn wrapped(body: Body, slot: &Slot) -> Body {
        Body::new(Self { body, slot: slot.clone() })
    }
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            let left = std::mem::take(&mut self.body);
            *self.slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
        }
    }
}
