//! What a folder lies on: whether a disk that is taken away, sold, or copied as a whole gives away what is in it.
//!
//! Secrets and backups are sealed wherever they lie. The rest (events, names, addresses) is as safe as the file system
//! below. Linux says of a file whether its file system encrypts it (fscrypt, ext4 and others: an attribute in `statx(2)`),
//! and of a device whether dm-crypt does (LUKS: its name for itself begins with `CRYPT-`). What a provider does beneath a
//! virtual disk cannot be seen from inside the machine; [`Config::disk_encrypted_by`](super::Config) is for that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

/// Where the kernel shows its devices.
const DEVICES: &str = "/sys/dev/block";

/// How many devices may lie on one another before we stop looking: a disk, its partition, a RAID, LUKS, LVM, and more.
const DEPTH: u8 = 16;

/// What is known about a folder's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtRest {
    /// The file system encrypts the folder.
    FileSystem,
    /// Every device below it is encrypted.
    Device,
    /// It can be read by whoever has the disk, as far as this machine knows.
    Clear,
    /// The file system lies on no device that the kernel shows (a network, memory, or a container's layers).
    Unknown,
}

/// Looks at what a folder lies on. Fails where the folder cannot be looked at.
pub fn at_rest(folder: &Path) -> io::Result<AtRest> {
    let told = statx(CWD, folder, AtFlags::empty(), StatxFlags::BASIC_STATS)?;
    if told.stx_attributes.contains(StatxAttributes::ENCRYPTED) {
        return Ok(AtRest::FileSystem);
    }
    let device = Path::new(DEVICES).join(format!("{}:{}", told.stx_dev_major, told.stx_dev_minor));
    Ok(match is_encrypted(&device, DEPTH) {
        Some(true) => AtRest::Device,
        Some(false) => AtRest::Clear,
        None => AtRest::Unknown,
    })
}

/// Whether nothing reaches the disk below this device in the clear; nothing where there is no such device.
fn is_encrypted(device: &Path, depth: u8) -> Option<bool> {
    if depth == 0 || !device.exists() {
        return None;
    }
    if fs::read_to_string(device.join("dm/uuid")).is_ok_and(|uuid| uuid.starts_with("CRYPT-")) {
        return Some(true);
    }
    let below = below(device);
    Some(!below.is_empty() && below.iter().all(|device| is_encrypted(device, depth - 1) == Some(true)))
}

/// The devices that this one is made of.
fn below(device: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(device.join("slaves")).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device as the kernel shows it: with a name for itself, on other devices.
    fn device(folder: &Path, name: &str, uuid: Option<&str>, on: &[&Path]) -> PathBuf {
        let device = folder.join(name);
        fs::create_dir_all(device.join("slaves")).unwrap();
        if let Some(uuid) = uuid {
            fs::create_dir(device.join("dm")).unwrap();
            fs::write(device.join("dm/uuid"), uuid).unwrap();
        }
        for (n, below) in on.iter().enumerate() {
            std::os::unix::fs::symlink(below, device.join("slaves").join(n.to_string())).unwrap();
        }
        device
    }

    #[test]
    fn luks_is_seen_below_other_devices_and_only_when_all_of_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let disk = device(folder, "sda1", None, &[]);
        let luks = device(folder, "dm-0", Some("CRYPT-LUKS2-5f1c-data\n"), &[&disk]);
        let volume = device(folder, "dm-1", Some("LVM-9ab\n"), &[&luks]);
        let mixed = device(folder, "md0", None, &[&luks, &disk]);
        assert_eq!(is_encrypted(&luks, DEPTH), Some(true));
        assert_eq!(is_encrypted(&volume, DEPTH), Some(true), "a volume on it");
        assert_eq!(is_encrypted(&disk, DEPTH), Some(false));
        assert_eq!(is_encrypted(&mixed, DEPTH), Some(false), "half of a mirror lies in the clear");
        assert_eq!(is_encrypted(&folder.join("none"), DEPTH), None);
    }

    #[test]
    fn devices_that_lie_on_one_another_in_a_circle_end_the_search() {
        let folder = tempfile::tempdir().unwrap();
        let one = folder.path().join("one");
        let two = device(folder.path(), "two", None, &[&one]);
        device(folder.path(), "one", None, &[&two]);
        assert_eq!(is_encrypted(&one, DEPTH), Some(false));
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert_eq!(at_rest(Path::new("/no/such/folder")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
