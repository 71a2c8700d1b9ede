//! What one may do, on one page. The permission that a handler needs stands in its signature.

use axiomcore::identity::{Grant, Permission, Require, Role, routes};

axiomcore::permissions! {
    /// Those of the platform; who manages credentials has others besides.
    pub(crate) const OWN;
    ReadModels = ("models:read", "See models and their documents, and check documents.");
    WriteModels = ("models:write", "Store models and new versions of them.");
    ReadAgents = ("agents:read", "See agents, their beliefs, decisions and events; with models:read, export them.");
    WriteAgents = ("agents:write", "Make, import, label and reset agents; models that come with them take models:write.");
    StepAgents = ("agents:step", "Give agents observations and let them decide.");
    DeleteAgents = ("agents:delete", "Delete agents.");
    ReadAudit = ("audit:read", "See and export the record of who did what.");
    EraseAudit = ("audit:erase", "Erase what the record says of somebody or something.");
    HoldAudit = ("audit:hold", "Hold the record, so that nothing of it goes, and let it go again.");
    ReadBackups = ("backups:read", "See which backups there are, and whether they are good.");
    MakeBackups = ("backups:write", "Make a backup now.");
    ReadSystem = ("system:read", "See what runs: version, database, counts.");
}

/// All tables of permissions.
pub(crate) const TABLES: &[&[Permission]] = &[OWN, routes::PERMISSIONS];

/// Every permission there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Permission> {
    TABLES.iter().copied().flatten()
}

/// The roles of people.
pub(crate) const ROLES: &[Role] = &[
    Role { name: "admin", meaning: "Manages the installation.", grant: Grant::Every },
    Role {
        name: "researcher",
        meaning: "Makes models and tries them on agents.",
        grant: Grant::Only(&[
            ReadModels::PERMISSION,
            WriteModels::PERMISSION,
            ReadAgents::PERMISSION,
            WriteAgents::PERMISSION,
            StepAgents::PERMISSION,
            ReadSystem::PERMISSION,
        ]),
    },
    Role {
        name: "agent_manager",
        meaning: "Runs agents of models that others have made.",
        grant: Grant::Only(&[
            ReadModels::PERMISSION,
            ReadAgents::PERMISSION,
            WriteAgents::PERMISSION,
            StepAgents::PERMISSION,
            DeleteAgents::PERMISSION,
            ReadSystem::PERMISSION,
        ]),
    },
    Role {
        name: "observer",
        meaning: "Looks on.",
        grant: Grant::Only(&[ReadModels::PERMISSION, ReadAgents::PERMISSION, ReadSystem::PERMISSION]),
    },
];
