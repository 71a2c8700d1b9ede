//! The data folder and the order of the end.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axiomcore::lifecycle::{DataFolder, DataFolderError, Outcome, Shutdown, StopSwitch};
use tokio::runtime::Runtime;

#[test]
fn a_folder_is_used_by_one_at_a_time_and_free_again_afterwards() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("a/b");
    let folder = DataFolder::lock(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let refused = DataFolder::lock(&path).unwrap_err();
    assert!(matches!(&refused, DataFolderError::InUse { holder, .. } if *holder == std::process::id().to_string()));
    drop(folder);
    assert_eq!(DataFolder::lock(&path).unwrap().path(), path);
    let file = parent.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(DataFolder::lock(&file), Err(DataFolderError::Unusable(..))));
}

#[test]
fn steps_run_in_order_and_one_that_fails_or_hangs_does_not_keep_the_next() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let order = order.clone();
        move || -> Result<(), String> {
            order.lock().unwrap().push(name);
            Ok(())
        }
    };
    let (first, last, second) = (note("first"), note("last"), Duration::from_secs(1));
    let shutdown = Shutdown::new()
        .then("first", second, async move { first() })
        .then("broken", second, async { Err("no".into()) })
        .then("hanging", Duration::from_millis(20), std::future::pending())
        .then("last", second, async move { last() });
    let outcomes = Runtime::new().unwrap().block_on(shutdown.run());
    let expected =
        [Outcome::Done("first"), Outcome::Failed("broken"), Outcome::TimedOut("hanging"), Outcome::Done("last")];
    assert_eq!(outcomes, expected);
    assert_eq!(*order.lock().unwrap(), ["first", "last"]);
}

#[test]
fn everybody_who_listens_hears_of_a_stop_early_or_late() {
    let (switch, stopping) = StopSwitch::new();
    let runtime = Runtime::new().unwrap();
    let early = runtime.spawn({
        let stopping = stopping.clone();
        async move { stopping.requested().await }
    });
    assert!(!stopping.is_requested());
    switch.stop();
    runtime.block_on(async {
        early.await.unwrap();
        stopping.requested().await;
        switch.listener().requested().await;
    });
    assert!(stopping.is_requested());
}
