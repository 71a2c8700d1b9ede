//! The page of alerts.

use std::fmt::Write;

use crate::alert::Alert;
use crate::kit::Kit;
use crate::objective;

const HEAD: &str = "\
# Alerts

Every alert that ships, by family. Each family has a runbook; each alert carries a summary, what it means, what to do first,
and the runbook's address. `critical` wakes somebody, `warning` is for the day, `info` is on record and shown. How they are
delivered stands in [the configuration of Alertmanager](../infra/monitoring/alertmanager/alertmanager.yml).

<!-- Written by a test from infra/monitoring/source: UPDATE_DOCS=1 cargo nextest run -p monitoring fresh -->
";

/// Every alert, for people.
pub(crate) fn alerts(kit: &Kit) -> String {
    let count = kit.all_alerts().count();
    let mut page = format!("{HEAD}\n{count} alerts.\n");
    for family in &kit.families {
        section(&mut page, &family.title, &family.about, &family.name, &family.alerts);
        let recordings = family.recordings.iter();
        let recorded = recordings.map(|one| format!("\n- `{}`: {}", one.record, one.about)).collect::<String>();
        if !recorded.is_empty() {
            let _ = writeln!(page, "\nRecorded for them:\n{recorded}");
        }
    }
    let promises = kit.objectives.iter().map(|objective| format!("\n- **{}**: {}", objective.name, objective.text));
    let about = format!(
        "What is promised over thirty days, and alerts on how fast what may go wrong is used up. Each looks at a long window \
         and a short one: much has gone, and it is still going.\n{}",
        promises.collect::<String>()
    );
    let alerts: Vec<Alert> = kit.objectives.iter().flat_map(|objective| objective.alerts()).collect();
    section(&mut page, "Objectives", &about, objective::FAMILY, &alerts);
    page
}

fn section(page: &mut String, title: &str, about: &str, family: &str, alerts: &[Alert]) {
    let _ = write!(
        page,
        "\n## {title}\n\n{about} Runbook: [{family}](runbooks/{family}.md).\n\n\
         | alert | severity | after | what it means | first |\n|---|---|---|---|---|\n"
    );
    for Alert { name, severity, hold, means, first, .. } in alerts {
        let _ = writeln!(page, "| `{name}` | {} | {hold} | {means} | {first} |", severity.name());
    }
}
