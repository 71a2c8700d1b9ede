//! Lists that a server answers page by page.

use clap::builder::RangedU64ValueParser;
use serde_json::Value;

use crate::{
    client::{Call, Client},
    exit::Failure,
};

/// As many as a server gives at once.
const PAGE: usize = 1_000;

/// How many are wanted: none would be no question.
pub(super) fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

/// The first `limit` items of a list, and whether there are more.
pub(super) fn pages(client: &Client, call: &Call, limit: usize) -> Result<(Vec<Value>, bool), Failure> {
    let mut items = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let wanted = limit.saturating_sub(items.len()).clamp(1, PAGE);
        let mut page = call.clone().query("limit", &wanted.to_string());
        if let Some(after) = &after {
            page = page.query("after", after);
        }
        let mut body = client.ask(&page)?;
        if let Some(Value::Array(found)) = body.get_mut("items") {
            items.append(found);
        }
        after = body.get("next").and_then(Value::as_str).map(str::to_owned);
        if after.is_none() || items.len() >= limit {
            let more = after.is_some() || items.len() > limit;
            items.truncate(limit);
            return Ok((items, more));
        }
    }
}
