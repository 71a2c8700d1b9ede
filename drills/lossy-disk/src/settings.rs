//! What the environment says.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What kind of disk this is.
pub(crate) struct Settings {
    pub(crate) folder: Option<PathBuf>,
    /// Whether synchronising only says that it did.
    pub(crate) lies: bool,
    /// Of a hundred sectors, how many reach the disk without being asked to.
    leak_percent: u64,
    draws: AtomicU64,
}

/// The settings; nothing that is taken over may be called here, because every call that is asks for them.
pub(crate) fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let leak = std::env::var("LOSSY_DISK_LEAK").unwrap_or_default();
        let (percent, seed) = leak.split_once(':').unwrap_or(("0", "0"));
        Settings {
            folder: std::env::var_os("LOSSY_DISK_FOLDER").map(PathBuf::from),
            lies: std::env::var("LOSSY_DISK_SYNC").is_ok_and(|sync| sync == "lie"),
            leak_percent: percent.parse().unwrap_or_default(),
            draws: AtomicU64::new(seed.parse().unwrap_or_default()),
        }
    })
}

impl Settings {
    /// Whether the sector that is being written happens to reach the disk at once.
    pub(crate) fn leaks(&self) -> bool {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        if self.leak_percent == 0 {
            return false;
        }
        // SplitMix64: a counter whose values are mixed until they look random.
        let mut draw = self.draws.fetch_add(STEP, Relaxed).wrapping_add(STEP);
        draw = (draw ^ (draw >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        draw = (draw ^ (draw >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (draw ^ (draw >> 31)) % 100 < self.leak_percent
    }
}
