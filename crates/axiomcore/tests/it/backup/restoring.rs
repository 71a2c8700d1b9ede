//! Bringing it back.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axiomcore::backup::{BackupError, Destination, DestinationError, Folder, Held, Key, Vault, is_unfinished};
use axiomcore::entropy::SystemEntropy;

use super::{Bench, KEY, proven};

#[test]
fn what_was_there_comes_back_and_what_came_later_does_not() {
    let bench = Bench::new(1);
    bench.insert("before");
    let manifest = bench.create();
    bench.insert("after");
    let folder = bench.folder.path().join("restored");
    bench.vault().restore(&manifest.id, &folder, None).unwrap();
    assert_eq!(proven(&folder).unwrap().rows, 1);
    assert_eq!(proven(&folder).unwrap().findings, Vec::<String>::new());
    assert_eq!(fs::read_to_string(folder.join("settings")).unwrap(), "colour = blue");
    assert!(!is_unfinished(&folder));
    use std::os::unix::fs::PermissionsExt;
    for file in ["settings", super::FILE] {
        assert_eq!(fs::metadata(folder.join(file)).unwrap().permissions().mode() & 0o077, 0, "{file}");
    }
}

#[test]
fn a_folder_that_holds_anything_is_refused_and_left_alone() {
    let bench = Bench::new(1);
    let manifest = bench.create();
    let before = fs::read(bench.data().join("settings")).unwrap();
    let refused = bench.vault().restore(&manifest.id, &bench.data(), None).unwrap_err();
    assert!(matches!(&refused, BackupError::NotEmpty(..)), "{refused}");
    assert_eq!(fs::read(bench.data().join("settings")).unwrap(), before);
    assert!(!is_unfinished(&bench.data()));
    let missing =
        bench.vault().restore("20260101T000000000Z-00000000", &bench.folder.path().join("new"), None).unwrap_err();
    assert!(missing.to_string().contains("no manifest"), "{missing}");
}

/// A destination that fails after so many reads, as a connection does.
#[derive(Debug)]
pub(super) struct Failing {
    pub(super) folder: Folder,
    pub(super) left: Arc<AtomicUsize>,
    pub(super) read: Arc<AtomicUsize>,
}

impl Destination for Failing {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), DestinationError> {
        self.folder.put(name, bytes)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, DestinationError> {
        if self.left.load(Ordering::SeqCst) == 0 {
            return Err(DestinationError::Unusable { place: name.into(), cause: "the connection is gone".into() });
        }
        self.left.fetch_sub(1, Ordering::SeqCst);
        self.read.fetch_add(1, Ordering::SeqCst);
        self.folder.get(name)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DestinationError> {
        self.folder.list(folder)
    }

    fn remove(&self, name: &str) -> Result<(), DestinationError> {
        self.folder.remove(name)
    }

    fn hold(&self) -> Result<Held, DestinationError> {
        self.folder.hold()
    }
}

#[test]
fn a_restore_that_is_cut_at_any_chunk_leaves_no_service_and_goes_on_where_it_was() {
    let bench = Bench::new(9);
    let manifest = bench.create();
    let n_chunks: usize = manifest.parts.iter().map(|part| part.chunks.len()).sum();
    assert!(n_chunks >= 4);
    for cut in 1..=n_chunks {
        let (left, read) = (Arc::new(AtomicUsize::new(cut)), Arc::new(AtomicUsize::new(0)));
        let failing = Failing { folder: Folder::new(bench.place()), left: left.clone(), read: read.clone() };
        let clock = Arc::new(bench.clock.clone());
        let vault = Vault::new(Box::new(failing), Key::parse(KEY).unwrap(), clock, Arc::new(SystemEntropy));
        let folder = bench.folder.path().join(format!("cut-{cut}"));
        let failed = vault.restore(&manifest.id, &folder, None).unwrap_err();
        assert!(matches!(failed, BackupError::Destination(_)), "{failed}");
        assert!(is_unfinished(&folder) && !folder.join(super::FILE).exists(), "cut at {cut}");
        left.store(usize::MAX, Ordering::SeqCst);
        vault.restore(&manifest.id, &folder, None).unwrap();
        // The manifest is read twice, each chunk once.
        assert_eq!(read.load(Ordering::SeqCst), n_chunks + 2, "cut at {cut}");
        assert_eq!(proven(&folder).unwrap().findings, Vec::<String>::new());
    }
}

#[test]
fn a_restore_of_another_backup_does_not_go_on_with_this_one() {
    let bench = Bench::new(0);
    let (first, second) = (bench.create(), bench.create());
    let folder = bench.folder.path().join("restored");
    let chunk = bench.place().join(format!("chunks/{}/000001", first.id));
    let kept = fs::read(&chunk).unwrap();
    fs::remove_file(&chunk).unwrap();
    bench.vault().restore(&first.id, &folder, None).unwrap_err();
    let refused = bench.vault().restore(&second.id, &folder, None).unwrap_err();
    assert!(matches!(&refused, BackupError::OtherUnfinished(_, id) if *id == first.id), "{refused}");
    fs::write(&chunk, kept).unwrap();
    bench.vault().restore(&first.id, &folder, None).unwrap();
    assert_eq!(proven(&folder).unwrap().findings, Vec::<String>::new());
}
