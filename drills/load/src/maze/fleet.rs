//! Making the fleet.

use std::fmt::Write;

use harness::Result;
use harness::http::{Access, Connection, Request};

use super::{MODEL, name};

/// How many agents are asked for in one request: as many as the server takes.
const AT_ONCE: u32 = 10_000;

/// Makes the model and `n` agents of it.
pub(crate) fn create(access: &Access, address: std::net::SocketAddr, n: u32) -> Result<()> {
    let model = Request { content_type: "application/yaml", ..Request::post("/api/v1/models", MODEL.as_bytes()) };
    let mut connection = Connection::open(address)?;
    let answer = connection.ask(&model.bytes(access))?;
    if answer.status != 201 {
        return Err(
            format!("the model was answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into()
        );
    }
    for first in (0..n).step_by(AT_ONCE as usize) {
        create_some(&mut connection, access, first..(first + AT_ONCE).min(n))?;
    }
    Ok(())
}

fn create_some(connection: &mut Connection, access: &Access, agents: std::ops::Range<u32>) -> Result<()> {
    let n = agents.len();
    let mut body = String::from(r#"{"agents":["#);
    for agent in agents {
        let comma = if body.ends_with('[') { "" } else { "," };
        let _ = write!(body, r#"{comma}{{"id":"{}","model":"tmaze"}}"#, name(agent));
    }
    body.push_str("]}");
    let answer = connection.ask(&Request::post("/api/v1/agents/batch", body.as_bytes()).bytes(access))?;
    let told = String::from_utf8_lossy(&answer.body);
    let created = told.matches(r#""status":201"#).count();
    if answer.status != 200 || created != n {
        let told: String = told.chars().take(500).collect();
        return Err(format!("of {n} agents {created} were made; answered {}: {told}", answer.status).into());
    }
    Ok(())
}
