//! Who lives in the demo.

/// One agent and the world it lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Home {
    /// The agent's name. It must not change: after a restart the agent is known by it.
    pub(super) id: &'static str,
    /// Its model, one of those that ship.
    pub(super) model: &'static str,
    /// Steps of an episode; then the world and the agent begin anew.
    pub(super) episode: u64,
}

const fn home(id: &'static str, model: &'static str, episode: u64) -> Home {
    Home { id, model, episode }
}

/// All of them. An episode is as long as it stays worth looking at, and short enough to be gone through in one request.
pub(super) const FLEET: [Home; 12] = [
    home("demo-watchdog-1", "watchdog", 720),
    home("demo-watchdog-2", "watchdog", 720),
    home("demo-watchdog-3", "watchdog", 720),
    home("demo-watchdog-4", "watchdog", 720),
    home("demo-pump-1", "pump", 500),
    home("demo-pump-2", "pump", 500),
    home("demo-tiger-1", "tiger", 200),
    home("demo-tiger-2", "tiger", 200),
    home("demo-tmaze-1", "tmaze", 4),
    home("demo-bandit-1", "bandit", 30),
    home("demo-grid-1", "grid", 30),
    home("demo-grid-2", "grid", 30),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::models::Shipped;

    #[test]
    fn a_dozen_agents_of_all_shipped_models_live_in_the_demo() {
        let names: BTreeSet<&str> = FLEET.iter().map(|home| home.id).collect();
        let models: BTreeSet<&str> = FLEET.iter().map(|home| home.model).collect();
        assert_eq!((names.len(), models.len()), (12, crate::models::SHIPPED.len()));
        assert!(models.iter().all(|model| Shipped::find(model).is_ok()));
        assert!(FLEET.iter().all(|home| home.episode <= 1_000), "a list of decisions has at most 1000 items");
    }
}
