//! A stream of server-sent events.

use std::sync::Arc;

use axiomcore::http::Problem;
use axiomcore::identity::{Principal, Watch};
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use futures_util::stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::Live;
use super::following::Following;
use super::place::Place;
use super::target::Target;
use super::teller::{GAP, Telling};
use crate::agents::{AgentName, Labels};

/// How long a client should wait before it connects again, in milliseconds.
const RETRY: &str = "retry: 2000\n\n";

/// Keeps proxies from collecting events before they pass them on.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A stream under way.
struct Stream {
    live: Live,
    principal: Arc<Principal>,
    place: Place,
    following: Following,
    ticks: Interval,
    watch: Watch,
}

impl Live {
    /// What happens to one agent.
    pub(super) async fn stream_agent(
        &self,
        principal: Arc<Principal>,
        agent: AgentName,
        after: Option<u64>,
    ) -> Result<Response, Problem> {
        let target = Target::agent(&self.0.teller, principal.workspace, agent).await?;
        self.stream(principal, target, after).await
    }

    /// What happens to agents with these labels.
    pub(super) async fn stream_labelled(
        &self,
        principal: Arc<Principal>,
        labels: Labels,
        after: Option<u64>,
    ) -> Result<Response, Problem> {
        self.stream(principal, Target::Labelled(labels), after).await
    }

    async fn stream(&self, principal: Arc<Principal>, target: Target, after: Option<u64>) -> Result<Response, Problem> {
        let place = self.0.places.take(&principal)?;
        let following = Following::begin(self.0.teller.clone(), principal.workspace, target, after).await?;
        let (ticks, watch) = (self.ticks(), self.0.identity.watch(&principal));
        let stream = Stream { live: self.clone(), principal, place, following, ticks, watch };
        let events = stream::unfold(stream, |mut stream| async move {
            let frame = stream.frame().await?;
            Some((Ok::<_, std::convert::Infallible>(frame), stream))
        });
        let first = stream::once(async { Ok(Bytes::from_static(RETRY.as_bytes())) });
        let mut response = Response::new(Body::from_stream(stream::StreamExt::chain(first, events)));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        response.headers_mut().insert(UNBUFFERED, HeaderValue::from_static("no"));
        Ok(response)
    }

    /// Ticks of keeping alive, the first one after a while.
    pub(super) fn ticks(&self) -> Interval {
        let period = self.0.config.keep_alive.duration();
        let mut ticks = interval_at(Instant::now() + period, period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }
}

impl Stream {
    /// The next bytes; nothing more at the end. A client that does not read is not waited for: this is not called then,
    /// and what it misses is read from the log when it does.
    async fn frame(&mut self) -> Option<Bytes> {
        loop {
            let told = tokio::select! {
                biased;
                () = self.live.0.stopping.requested() => return None,
                _ = self.ticks.tick() => {
                    return self.live.may_follow(&self.principal).await.then(|| alive(self.following.position()));
                }
                () = self.watch.changed() => {
                    if self.live.may_follow(&self.principal).await {
                        continue;
                    }
                    return None;
                }
                told = self.following.next() => told,
            };
            match told {
                Ok(Some(tellings)) if tellings.is_empty() => {}
                Ok(Some(tellings)) => {
                    let gaps = tellings.iter().filter(|telling| telling.kind == GAP).count();
                    self.place.told(tellings.len() - gaps, gaps);
                    return Some(tellings.iter().map(framed).collect::<String>().into());
                }
                Ok(None) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a live stream ends: {error}");
                    return None;
                }
            }
        }
    }
}

fn framed(Telling { kind, seq, json }: &Telling) -> String {
    format!("id: {seq}\nevent: {kind}\ndata: {json}\n\n")
}

/// A comment, and the place to go on from: whoever follows agents that are silent would otherwise fall behind the log.
fn alive(position: u64) -> Bytes {
    format!(": alive\nid: {position}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_framed_with_its_id_and_kind_and_a_sign_of_life_moves_the_id_alone() {
        let telling = Telling { kind: "step", seq: 7, json: "{\"seq\":7}".into() };
        assert_eq!(framed(&telling), "id: 7\nevent: step\ndata: {\"seq\":7}\n\n");
        assert_eq!(alive(9), ": alive\nid: 9\n\n");
        assert_eq!(
            framed(&Telling::gap(3, 8)),
            "id: 8\nevent: gap\ndata: {\"kind\":\"gap\",\"seq\":8,\"after\":3}\n\n"
        );
    }
}
