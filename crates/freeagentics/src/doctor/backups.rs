//! Backups: whether there are any, and whether they are good.

use std::sync::Arc;
use std::time::Duration;

use axiomcore::backup::{Config, Listing, known};
use axiomcore::clock::{Clock, SystemClock, Timestamp};
use axiomcore::config::Settings;
use axiomcore::entropy::SystemEntropy;

use super::Findings;
use crate::server::settings;

/// The oldest that the newest may be: a day, and time to make it.
const OLDEST: Duration = Duration::from_secs(26 * 3_600);

pub(super) fn look(settings: &Settings, findings: &mut Findings) {
    let config: Config = settings.section();
    let data = settings.section::<settings::Config>().data;
    // A key that is none was found with the settings.
    let Ok(Some(vault)) = config.vault(Arc::new(SystemClock), Arc::new(SystemEntropy)) else {
        let mend = "set backup.folder and backup.key_file; docs/backup.md says how";
        return findings.notice("backups", "none are made", mend);
    };
    match vault.list(known(&data)) {
        Ok(listing) => told(&listing, SystemClock.now(), findings),
        Err(error) => findings.wrong("backups", error.to_string(), "see that the place for backups can be used"),
    }
}

fn told(listing: &Listing, now: Timestamp, findings: &mut Findings) {
    let damaged = listing.kept.iter().filter_map(|kept| kept.manifest.as_ref().err());
    let damages: Vec<String> = damaged.chain(&listing.damages).map(ToString::to_string).collect();
    if let Some(first) = damages.first() {
        let mend = "`freeagentics backup list` names each; make another one with `freeagentics backup create`";
        return findings.wrong("backups", format!("{} things are wrong with them: {first}", damages.len()), mend);
    }
    let Some((_, newest)) = listing.newest() else {
        return findings.notice("backups", "there is none yet", "make one: `freeagentics backup create`");
    };
    let (count, made) = (listing.kept.len(), newest.begun());
    let what = format!("{count} are kept, the newest of {made}");
    let good = listing.last_good().and_then(|kept| kept.manifest.as_ref().ok()).map(|good| good.begun());
    if good.is_none_or(|good| now.since(good) > OLDEST) {
        let mend = "`freeagentics backup create` makes one and verifies it; see in the log why the server did not";
        return findings.notice("backups", format!("{what}; none of the last day was verified"), mend);
    }
    findings.good("backups", format!("{what}, verified"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use axiomcore::backup::Damage;

    #[test]
    fn backups_that_are_gone_are_wrong_and_none_at_all_is_to_be_known() {
        let state = |listing: Listing| {
            let mut findings = Findings::default();
            told(&listing, Timestamp(0), &mut findings);
            findings.0[0].state
        };
        let gone = Damage::Gap { id: String::new(), number: 0, missing: 1 };
        assert_eq!(state(Listing { damages: vec![gone], ..Listing::default() }), State::Wrong);
        assert_eq!(state(Listing::default()), State::Notice);
    }
}
