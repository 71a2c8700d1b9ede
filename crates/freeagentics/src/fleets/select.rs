//! The agents that a request to a fleet is for.

use axiomcore::http::Problem;
use axiomcore::http::codes::INVALID_BODY;

use crate::agents::store::{Selection, list};
use crate::agents::{AgentName, Labels};
use crate::server::Platform;
use crate::server::codes::TOO_MANY_AGENTS;

/// The names of all agents that have these labels, of which there is at least one and of agents not too many.
pub(super) async fn select(platform: &Platform, workspace: i64, labels: Labels) -> Result<Vec<AgentName>, Problem> {
    if labels.is_empty() {
        let detail = "name at least one label, so that nobody reaches every agent by mistake";
        return Err(Problem::new(&INVALID_BODY).detail(detail).pointer("/labels"));
    }
    let most = platform.runtime.config().batch_items;
    let selection = Selection { labels, model: None };
    let found = platform.database.read(move |connection| list(connection, workspace, &selection, "", most + 1)).await?;
    if found.len() > most {
        return Err(Problem::new(&TOO_MANY_AGENTS).detail(format!("more than {most} agents have these labels")));
    }
    // A stored name is a name; one that was not would be found by nobody.
    Ok(found.iter().filter_map(|stored| AgentName::new(&stored.name).ok()).collect())
}
