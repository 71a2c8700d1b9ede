//! Stopping in order: what depends on something ends before it.

use std::pin::Pin;
use std::time::Duration;

type Work = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Steps on the way down, in the order in which they were added, each with a bound.
#[derive(Default)]
pub struct Shutdown(Vec<(&'static str, Duration, Work)>);

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ended well.
    Done(&'static str),
    /// It ended with an error, which is in the log.
    Failed(&'static str),
    /// It did not end within its bound and was left behind.
    TimedOut(&'static str),
}

impl Shutdown {
    /// Without steps.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// With one more step at the end.
    #[must_use]
    pub fn then(
        mut self,
        name: &'static str,
        bound: Duration,
        work: impl Future<Output = Result<(), String>> + Send + 'static,
    ) -> Self {
        self.0.push((name, bound, Box::pin(work)));
        self
    }

    /// Takes the steps one after the other. One that fails or takes too long does not keep the next from running.
    pub async fn run(self) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(self.0.len());
        for (name, bound, work) in self.0 {
            outcomes.push(match tokio::time::timeout(bound, work).await {
                Ok(Ok(())) => Outcome::Done(name),
                Ok(Err(error)) => {
                    tracing::error!(step = name, error, "stopping: {name} failed");
                    Outcome::Failed(name)
                }
                Err(_) => {
                    tracing::error!(step = name, ?bound, "stopping: {name} took longer than {bound:?}");
                    Outcome::TimedOut(name)
                }
            });
        }
        outcomes
    }
}

impl std::fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, ..)| name)).finish()
    }
}
