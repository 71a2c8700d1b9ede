//! What is said over a WebSocket.

use axiomcore::http::codes::INVALID_BODY;
use axiomcore::http::{Problem, parse};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::teller::Telling;
use crate::agents::{AgentName, Labels};

/// What a client says: one of `subscribe`, `unsubscribe` and `ping`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SocketRequest)]
pub(super) struct Said {
    /// Follow an agent, or those that have all of the labels.
    subscribe: Option<Wanted>,
    /// With `subscribe`: begin after this event; without it, with what happens from now on.
    after: Option<u64>,
    /// End a subscription.
    unsubscribe: Option<u64>,
    /// Anything; it comes back as `pong`.
    #[serde(default, deserialize_with = "present")]
    ping: Option<Value>,
}

/// Whom to follow: one of both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SocketTarget)]
pub(super) struct Wanted {
    agent: Option<AgentName>,
    labels: Option<Labels>,
}

/// A `ping` of null is a ping as well.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request {
    FollowAgent(AgentName, Option<u64>),
    FollowLabels(Labels, Option<u64>),
    Unsubscribe(u64),
    Ping(Value),
}

impl Request {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let Said { subscribe, after, unsubscribe, ping } = parse(text.as_bytes())?;
        match (subscribe, unsubscribe, ping) {
            (Some(Wanted { agent: Some(agent), labels: None }), None, None) => Ok(Self::FollowAgent(agent, after)),
            (Some(Wanted { agent: None, labels: Some(labels) }), None, None) => Ok(Self::FollowLabels(labels, after)),
            (Some(_), None, None) => Err(unclear("`subscribe` names an `agent` or `labels`").pointer("/subscribe")),
            (None, Some(number), None) if after.is_none() => Ok(Self::Unsubscribe(number)),
            (None, None, Some(ping)) if after.is_none() => Ok(Self::Ping(ping)),
            _ => Err(unclear("a message has one of `subscribe`, `unsubscribe` and `ping`")),
        }
    }
}

fn unclear(detail: &str) -> Problem {
    Problem::new(&INVALID_BODY).detail(detail)
}

/// What the server says besides events.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
    /// A subscription has this number from now on.
    Subscribed(u64),
    /// It has ended because that was asked for.
    Unsubscribed(u64),
    /// It has ended by itself: its agent is gone.
    Ended(u64),
    Pong(Value),
    Problem(Value),
}

impl Reply {
    /// As it is sent.
    pub(super) fn text(&self) -> String {
        // Nothing in here fails to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An event as it is sent: the same object as elsewhere, with the number of the subscription.
pub(super) fn event(subscription: u64, telling: &Telling) -> String {
    let members = telling.json.strip_prefix('{').unwrap_or_default();
    format!("{{\"subscription\":{subscription},{members}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_says_one_thing_and_everything_else_is_a_problem() {
        let agent = || AgentName::new("a").unwrap();
        let read = |text| Request::read(text).map_err(|problem| problem.code().code);
        assert_eq!(read(r#"{"subscribe":{"agent":"a"}}"#), Ok(Request::FollowAgent(agent(), None)));
        let labels = Labels::select(["team=x"]).unwrap();
        let all = r#"{"subscribe":{"labels":{"team":"x"}},"after":7}"#;
        assert_eq!(read(all), Ok(Request::FollowLabels(labels, Some(7))));
        assert_eq!(read(r#"{"unsubscribe":3}"#), Ok(Request::Unsubscribe(3)));
        assert_eq!(read(r#"{"ping":null}"#), Ok(Request::Ping(Value::Null)));
        for wrong in
            ["{}", r#"{"subscribe":{}}"#, r#"{"subscribe":{"agent":"a","labels":{}}}"#, r#"{"ping":1,"after":1}"#]
        {
            assert_eq!(read(wrong), Err("invalid_body"), "{wrong}");
        }
        assert_eq!(read("subscribe"), Err("malformed_json"));
    }

    #[test]
    fn what_is_sent_is_one_object_each() {
        assert_eq!(Reply::Subscribed(1).text(), r#"{"subscribed":1}"#);
        assert_eq!(Reply::Pong(json!({ "n": 1 })).text(), r#"{"pong":{"n":1}}"#);
        let event = event(2, &Telling::gap(3, 8));
        assert_eq!(event, r#"{"subscription":2,"kind":"gap","seq":8,"after":3}"#);
    }
}
