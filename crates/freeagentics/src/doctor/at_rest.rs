//! Whether who takes the disk away can read what is on it.

use axiomcore::config::{Profile, Settings};
use axiomcore::sealing::{self, AtRest, at_rest};

use super::Findings;
use crate::server::settings::Config;

const CHECK: &str = "at_rest";

/// What to do about a disk that lies in the clear.
const MEND: &str = "put the data folder on an encrypted disk (LUKS: cryptsetup) or directory (fscrypt); where a provider \
                    encrypts the disk underneath, say so with sealing.disk_encrypted_by";

pub(super) fn look(settings: &Settings, findings: &mut Findings) {
    let path = settings.section::<Config>().data;
    let declared = settings.section::<sealing::Config>().disk_encrypted_by;
    match at_rest(&path) {
        Ok(AtRest::FileSystem) => findings.good(CHECK, "the data folder is encrypted by its file system"),
        Ok(AtRest::Device) => findings.good(CHECK, "the data folder lies on an encrypted device (dm-crypt)"),
        Ok(AtRest::Clear | AtRest::Unknown) if !declared.is_empty() => {
            findings.good(CHECK, format!("the disk is encrypted by what the settings say: {declared}"));
        }
        Ok(AtRest::Clear) if settings.profile() == Profile::Production => {
            findings.wrong(
                CHECK,
                "who has the disk can read the data: secrets are sealed, events and names are not",
                MEND,
            );
        }
        Ok(AtRest::Clear) => {
            findings.notice(CHECK, "who has the disk can read events and names; secrets are sealed", MEND)
        }
        Ok(AtRest::Unknown) => {
            findings.notice(CHECK, "it cannot be seen from here whether the disk is encrypted", MEND);
        }
        Err(error) => findings.notice(CHECK, format!("the data folder cannot be looked at: {error}"), MEND),
    }
}
