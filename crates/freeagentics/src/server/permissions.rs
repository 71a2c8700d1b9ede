//! What one may do, on one page. The permission that a handler needs stands in its signature.

axiomcore::permissions! {
    /// Every permission there is.
    pub(crate) const PERMISSIONS;
    ReadModels = ("models:read", "See models and their documents, and check documents.");
    WriteModels = ("models:write", "Store models and new versions of them.");
    ReadAgents = ("agents:read", "See agents, their beliefs, decisions and events; with models:read, export them.");
    WriteAgents = ("agents:write", "Make, import, label and reset agents; models that come with them take models:write.");
    StepAgents = ("agents:step", "Give agents observations and let them decide.");
    DeleteAgents = ("agents:delete", "Delete agents.");
    ReadSystem = ("system:read", "See what runs: version, database, counts.");
}
