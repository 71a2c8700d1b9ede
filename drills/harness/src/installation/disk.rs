//! What the server's data lies on.

use std::path::{Path, PathBuf};

/// The library that forgets, by the name of its file.
pub const LOSSY_DISK: &str = "liblossy_disk.so";

/// A disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Disk {
    /// The machine's own. What a killed process wrote is there, synchronised or not.
    #[default]
    Real,
    /// One that forgets what was not synchronised when the process is killed (`drills/lossy-disk`).
    Lossy {
        /// The library.
        library: PathBuf,
        /// Of a hundred sectors, how many reach the disk unasked, and the seed that decides which.
        leak: Option<(u64, u64)>,
        /// Whether synchronising only says that it did.
        lies: bool,
    },
}

impl Disk {
    /// What a process is told so that its files in `folder` lie on this disk.
    pub(super) fn environment(&self, folder: &Path) -> Vec<(&'static str, String)> {
        let Self::Lossy { library, leak, lies } = self else { return Vec::new() };
        let leak = leak.map(|(percent, seed)| ("LOSSY_DISK_LEAK", format!("{percent}:{seed}")));
        let lie = lies.then(|| ("LOSSY_DISK_SYNC", "lie".to_owned()));
        let preload = ("LD_PRELOAD", library.display().to_string());
        let folder = ("LOSSY_DISK_FOLDER", folder.display().to_string());
        [preload, folder].into_iter().chain(leak).chain(lie).collect()
    }
}
