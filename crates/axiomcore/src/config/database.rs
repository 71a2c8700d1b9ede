//! Where the database is.

use std::path::Path;

use super::{Checks, Fault, Profile, Secret};
use crate::store::Location;

crate::settings! {
    /// The database: a file in the data folder, or a PostgreSQL server.
    pub struct Database in "database" {
        /// The URL of a PostgreSQL server, with its password if it needs one. Empty means a SQLite file in the data
        /// folder.
        pub url: Option<Secret<String>> = None;
        /// How many connections to the server are open at the same time.
        pub connections: u32 = 16;
    }
}

impl Database {
    /// The server, or else the file of that name in the data folder.
    pub fn location(&self, data: &Path, file: &str) -> Location {
        let server = self.url.as_ref().map(|url| Location::Postgres(url.expose().clone()));
        server.unwrap_or_else(|| Location::Sqlite(data.join(file)))
    }
}

impl Checks for Database {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.connections < 2 {
            faults.push(Fault::new("database.connections", "at least 2"));
        }
        let Some(url) = self.url.as_ref().map(Secret::expose) else { return faults };
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            faults.push(Fault::new("database.url", "expected a URL that begins with postgres://"));
        }
        let in_the_clear = ["sslmode=disable", "sslmode=allow", "sslmode=prefer"].iter().any(|mode| url.contains(mode));
        if profile == Profile::Production && in_the_clear && !is_local(url) {
            let why = "production does not send the password over a network in the clear: use sslmode=verify-full";
            faults.push(Fault::new("database.url", why));
        }
        faults
    }
}

/// Whether the server is on this machine.
fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.is_empty() || ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| host.starts_with(local))
}
