//! The version of the schema, beside the one that this program makes.

use axiomcore::store::Error;

use super::{Findings, database::Open};
use crate::server::schema::COMPONENTS;

pub(super) fn look(open: &Open, findings: &mut Findings) {
    for (component, migrations) in COMPONENTS {
        let ours = migrations.last().map_or(0, |migration| migration.version);
        match version(open, component) {
            Ok(theirs) => compare(component, theirs, ours, findings),
            Err(error) => {
                let mend = "look whether this is a database of this program: start the server once if it is new";
                return findings.wrong("schema", format!("it has no versions: {error}"), mend);
            }
        }
    }
}

fn version(open: &Open, component: &str) -> Result<i64, Error> {
    open.database.read_blocking(|connection| {
        let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_versions WHERE component = $1";
        connection.query(sql, &[component.into()])?.first().map_or(Ok(0), |row| row.int(0))
    })
}

fn compare(component: &str, theirs: i64, ours: i64, findings: &mut Findings) {
    let what = format!("`{component}` has version {theirs}");
    if theirs < ours {
        let mend = "back it up; the next start brings it up, and programs of before keep working on it";
        findings.notice("schema", format!("{what}, this program makes {ours}"), mend);
    } else if theirs > ours {
        let mend = "use the newer program: this one works, but does not know what was added";
        findings.notice("schema", format!("{what}, made by a newer program than this one ({ours})"), mend);
    } else {
        findings.good("schema", format!("{what}, as this program makes it"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn older_and_newer_schemas_are_told_apart() {
        let mut findings = Findings::default();
        for theirs in [1, 2, 3] {
            compare("x", theirs, 2, &mut findings);
        }
        let states: Vec<State> = findings.0.iter().map(|finding| finding.state).collect();
        assert_eq!(states, [State::Notice, State::Good, State::Notice]);
        assert!(findings.0[0].mend.as_ref().unwrap().contains("next start"));
        assert!(findings.0[2].mend.as_ref().unwrap().contains("newer program"));
    }
}
