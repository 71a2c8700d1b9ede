//! What a server says to do, as the command line does it: the server can only name routes of its API.

/// Routes as they stand in mends, and the commands that ask them.
const COMMANDS: [(&str, &str); 22] = [
    ("GET /api/v1/agents", "agents list"),
    ("GET /api/v1/agents/{id}", "agents get AGENT"),
    ("GET /api/v1/agents/{id}/decisions", "agents decisions AGENT"),
    ("GET /api/v1/backups", "backup list"),
    ("DELETE /api/v1/keys/{id}", "keys revoke KEY"),
    ("GET /api/v1/keys", "keys list"),
    ("GET /api/v1/models", "models list"),
    ("GET /api/v1/models/{name}", "models versions MODEL"),
    ("GET /api/v1/roles", "roles list"),
    ("PUT /api/v1/roles/{name}", "roles update ROLE"),
    ("GET /api/v1/services", "services list"),
    ("GET /api/v1/users", "users list"),
    ("GET /api/v1/users?email=", "users list"),
    ("GET /api/v1/users/{id}/sessions", "users sessions USER"),
    ("POST /api/v1/users/{id}/ticket", "users ticket USER --ticket"),
    ("POST /api/v1/tickets/accept", "account accept"),
    ("POST /api/v1/password/reset", "account forgotten EMAIL"),
    ("POST /api/v1/factors/app", "account app"),
    ("POST /api/v1/factors/app/confirm", "account app --confirm CODE"),
    ("POST /api/v1/factors/app/remove", "account remove-app"),
    ("GET /api/v1/whoami", "whoami"),
    ("GET /api/v1/workspaces", "workspaces list"),
];

/// What stands for a part of a request, and the flags that do.
const FLAGS: [(&str, &str); 2] = [
    ("`?reassign_to=` and the id of another user", "`--reassign-to` and the id or address of another user"),
    ("`\"ticket\": true` (`--ticket`)", "`--ticket`"),
];

/// The same with commands in the place of routes that have one.
pub(super) fn by_command(mend: &str) -> String {
    let named = COMMANDS.iter().fold(mend.to_owned(), |mend, (route, command)| {
        mend.replace(&format!("`{route}`"), &format!("`freeagentics {command}`"))
    });
    FLAGS.iter().fold(named, |mend, (part, flag)| mend.replace(part, flag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::documentation::catalogue;

    #[test]
    fn no_mend_sends_somebody_at_the_command_line_to_a_route() {
        let catalogue = catalogue().unwrap();
        assert!(catalogue.iter().any(|code| code.mend().contains("/api/")), "there is something to say otherwise");
        let routes = catalogue.iter().map(|code| (code.code, by_command(code.mend())));
        let routes: Vec<_> = routes.filter(|(_, mend)| mend.contains("/api/")).collect();
        assert!(routes.is_empty(), "{routes:#?}");
    }

    #[test]
    fn every_command_that_stands_for_a_route_is_one() {
        use clap::CommandFactory;
        for (_, command) in COMMANDS {
            let mut found = &crate::commands::Cli::command();
            for word in command.split(' ').take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
                found = found.find_subcommand(word).unwrap_or_else(|| panic!("{command}: there is no {word}"));
            }
            let flag = command.split(' ').find_map(|word| word.strip_prefix("--"));
            assert!(flag.is_none_or(|flag| found.get_arguments().any(|one| one.get_long() == Some(flag))), "{command}");
        }
    }
}
