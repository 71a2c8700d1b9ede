//! Who imports: one at a time in a workspace, and one at a time writes.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Turn, MutexGuard as Turned};

/// The imports that are under way.
#[derive(Default)]
pub(crate) struct Importing {
    workspaces: Mutex<BTreeSet<i64>>,
    /// While one is written nothing else is.
    writing: Turn<()>,
}

/// A workspace's place; given back when dropped.
pub(super) struct Place<'a> {
    importing: &'a Importing,
    workspace: i64,
}

impl Importing {
    /// A place from before the body is read, because that takes memory; none if the workspace has an import under way.
    pub(super) fn enter(&self, workspace: i64) -> Option<Place<'_>> {
        let is_first = self.workspaces().insert(workspace);
        // A place that is made is given back, so one is made only here.
        is_first.then(|| Place { importing: self, workspace })
    }

    fn workspaces(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.workspaces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits until nobody else writes. Only who has read all of a body does, so nobody can make others wait by being slow.
    pub(super) async fn turn(&self) -> Turned<'_, ()> {
        self.importing.writing.lock().await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.importing.workspaces().remove(&self.workspace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_has_one_import_at_a_time_and_keeps_no_other_from_its_own() {
        let importing = Importing::default();
        let first = importing.enter(1);
        assert!(first.is_some() && importing.enter(1).is_none() && importing.enter(1).is_none());
        assert!(importing.enter(2).is_some());
        drop(first);
        assert!(importing.enter(1).is_some());
    }
}
