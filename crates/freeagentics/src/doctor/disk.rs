//! How much room the disk under the data has left.

use axiomcore::config::Settings;
use rustix::fs::statvfs;

use super::Findings;
use crate::server::settings::Config;

/// Below this the disk counts as full, however small it is.
const LEAST: u64 = 512 << 20;
/// Below this share it does too, unless so much is left that the share says little.
const LEAST_PERCENT: u64 = 5;
const PLENTY: u64 = 4 << 30;

pub(super) fn look(settings: &Settings, findings: &mut Findings) {
    let path = settings.section::<Config>().data;
    let room = match statvfs(&path) {
        Ok(room) => room,
        Err(error) => {
            let what = format!("its room cannot be found out: {error}");
            return findings.notice("disk", what, format!("look at it with: df -h {}", path.display()));
        }
    };
    let (free, total) = (room.f_bavail.saturating_mul(room.f_frsize), room.f_blocks.saturating_mul(room.f_frsize));
    let percent = free.saturating_mul(100).checked_div(total).unwrap_or(100);
    let files_left = room.f_files == 0 || room.f_favail > 1_000;
    let what = format!("{} of {} are free ({percent} %)", size(free), size(total));
    if is_full(free, total) || !files_left {
        let mend = "make room, or move the data folder: when nothing can be written, nothing is acknowledged";
        let what = if files_left { what } else { format!("{what}, but no more files can be made") };
        findings.wrong("disk", what, mend);
    } else {
        findings.good("disk", what);
    }
}

fn is_full(free: u64, total: u64) -> bool {
    free < LEAST || free < PLENTY && free.saturating_mul(100) < total.saturating_mul(LEAST_PERCENT)
}

/// In the largest unit that leaves a whole number worth reading.
fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 10 << 30 => format!("{} GiB", bytes >> 30),
        bytes if bytes >= 10 << 20 => format!("{} MiB", bytes >> 20),
        bytes => format!("{} KiB", bytes >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_before_nothing_fits_any_more() {
        assert!(is_full(500 << 20, 1 << 30) && is_full(3 << 30, 100 << 30));
        assert!(!is_full(600 << 20, 1 << 30) && !is_full(6 << 30, 100 << 30) && !is_full(6 << 30, 1 << 40));
    }
}
