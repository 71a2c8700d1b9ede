//! What the next id or secret will be.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::Installation;
use crate::api::people::invitation;

const MADE: usize = 24;

/// The longest beginning that any two of them share.
fn shared(texts: &[String]) -> usize {
    let mut sorted = texts.to_vec();
    sorted.sort_unstable();
    let common = |pair: &[String]| pair[0].bytes().zip(pair[1].bytes()).take_while(|(one, other)| one == other).count();
    sorted.windows(2).map(common).max().unwrap_or_default()
}

#[test]
fn nothing_that_was_made_tells_what_will_be_made() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let admin = server.client();
    let (mut tickets, mut secrets, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for number in 0..MADE {
        let invited = admin.post("/api/v1/users", &invitation(&format!("p{number}@example.org"), &[])).expect(201);
        let key = admin.post("/api/v1/keys", &json!({ "name": "x", "permissions": [] })).expect(201);
        tickets.push(text(&invited["ticket"]).strip_prefix("ticket_").unwrap().to_owned());
        secrets.push(text(&key["key"]).rsplit('_').next().unwrap().to_owned());
        ids.extend([text(&invited["id"])[1..].to_owned(), text(&key["id"])]);
    }
    for secret in tickets.iter().chain(&secrets) {
        assert_eq!(secret.len(), 64, "256 bits: {secret}");
        assert!(secret.chars().collect::<BTreeSet<_>>().len() > 8, "{secret}");
    }
    // Two of 24 share their first six digits once in some sixty thousand times.
    for texts in [&tickets, &secrets, &ids] {
        assert!(shared(texts) < 6, "{texts:?}");
    }
}
