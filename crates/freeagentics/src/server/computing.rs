//! Work that computes for long: no more of it at once than there are processors, and no workspace in front of another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use axiomcore::http::Problem;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Places for what computes for long.
pub(super) struct Computing {
    n: usize,
    places: Arc<Semaphore>,
    /// What a workspace waits for first: so however much one asks, others wait for what is under way and not for its queue.
    own: Mutex<BTreeMap<i64, Arc<Semaphore>>>,
}

impl Computing {
    pub(super) fn new() -> Self {
        let n = available_parallelism().map_or(1, usize::from);
        Self { n, places: Arc::new(Semaphore::new(n)), own: Mutex::default() }
    }

    /// Does the work off the threads that serve requests. What has begun runs to its end, whether or not anybody still
    /// waits.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        workspace: i64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let own = self.own_of(workspace).acquire_owned().await.map_err(Problem::internal)?;
        let place = self.places.clone().acquire_owned().await.map_err(Problem::internal)?;
        let done = spawn_blocking(move || {
            let _places = (own, place);
            work()
        });
        done.await.map_err(Problem::internal)
    }

    fn own_of(&self, workspace: i64) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.entry(workspace).or_insert_with(|| Arc::new(Semaphore::new(self.n))).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_workspace_that_asks_for_much_does_not_stand_in_front_of_another() {
        let computing = Arc::new(Computing::new());
        let (done, order) = mpsc::channel();
        let mut waiting = Vec::new();
        let (begin, begun) = (Arc::new(Semaphore::new(0)), computing.clone());
        let ask = |workspace: i64| {
            let (computing, done, begin) = (begun.clone(), done.clone(), begin.clone());
            tokio::spawn(async move {
                let handle = tokio::runtime::Handle::current();
                let work = move || {
                    let _turn = handle.block_on(begin.acquire()).map(tokio::sync::SemaphorePermit::forget);
                    let _ = done.send(workspace);
                };
                computing.run(workspace, work).await
            })
        };
        for _ in 0..5 * computing.n {
            waiting.push(ask(1));
            tokio::task::yield_now().await;
        }
        waiting.push(ask(2));
        tokio::task::yield_now().await;
        begin.add_permits(6 * computing.n);
        for one in waiting {
            assert!(one.await.is_ok_and(|done| done.is_ok()));
        }
        let order: Vec<i64> = order.try_iter().collect();
        let place = order.iter().position(|workspace| *workspace == 2);
        assert!(place.is_some_and(|place| place <= 2 * computing.n), "{order:?}");
    }
}
