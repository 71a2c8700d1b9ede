//! The disk.

use std::fs::{File, read_dir};
use std::os::unix::fs::FileExt;
use std::path::Path;

use harness::{Result, clock};
use rustix::fs::{Advice, fadvise};

use crate::generator::{Latency, Percentiles};

const N: u64 = 500;

/// How long it takes to synchronise 4 KiB to the disk of a folder, one write after the other, over existing blocks.
pub(crate) fn fdatasync(folder: &Path) -> Result<Percentiles> {
    let file = tempfile::tempfile_in(folder)?;
    let block = [7; 4096];
    for number in 0..N {
        file.write_all_at(&block, number * 4096)?;
    }
    file.sync_all()?;
    let mut latency = Latency::new()?;
    for number in 0..N {
        file.write_all_at(&block, number * 4096)?;
        let before = clock::now();
        file.sync_data()?;
        latency.record(before.elapsed());
    }
    Ok(latency.percentiles())
}

/// Asks the system to forget what it holds of the folder's files in memory, so that they are read from the disk again.
pub(crate) fn drop_page_cache(folder: &Path) -> Result<()> {
    for entry in read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let file = File::open(path)?;
            file.sync_all()?;
            fadvise(&file, 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}
