//! Requests are due when they are due, whatever became of those before.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use harness::random::Random;
use harness::{Result, clock};
use tokio::sync::Semaphore;
use tokio::task::spawn_local;

use super::timer::Timer;
use super::{Connection, Counts, Errors, Load, Window, Work};

/// How long the last requests are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Requests that are due and have no connection yet.
struct Due {
    times: RefCell<VecDeque<Instant>>,
    n: Semaphore,
}

pub(super) async fn run(
    address: SocketAddr,
    load: Load,
    rate: f64,
    work: Rc<RefCell<dyn Work>>,
    counts: Rc<RefCell<Counts>>,
) -> Result<()> {
    let window = Window::of(load);
    let due = Rc::new(Due { times: RefCell::default(), n: Semaphore::new(0) });
    let mut asking = Vec::new();
    for _ in 0..load.connections {
        let connection = Connection::open(address).await?;
        asking.push(spawn_local(ask(connection, window, due.clone(), work.clone(), counts.clone())));
    }
    arrive(rate, window.end, &mut Random::new(load.seed), &due).await?;
    // Those without a request waiting for them are told to end by the closed semaphore.
    let patience = clock::now() + PATIENCE;
    while !due.times.borrow().is_empty() && clock::now() < patience {
        Timer::new()?.wait(Duration::from_millis(5)).await?;
    }
    due.n.close();
    let left: Vec<Instant> = due.times.borrow_mut().drain(..).collect();
    super::all(asking).await?;
    let mut counts = counts.borrow_mut();
    for intended in left.into_iter().filter(|intended| window.contains(*intended)) {
        counts.given_up += 1;
        counts.latency.record(intended.elapsed());
    }
    Ok(())
}

/// Lets requests become due until the end.
async fn arrive(rate: f64, end: Instant, random: &mut Random, due: &Due) -> Result<()> {
    let timer = Timer::new()?;
    let mut next = clock::now();
    while next < end {
        let now = clock::now();
        let mut n = 0;
        while next <= now && next < end {
            due.times.borrow_mut().push_back(next);
            n += 1;
            next += interval(rate, random);
        }
        due.n.add_permits(n);
        timer.wait(next.saturating_duration_since(clock::now())).await?;
        // Whoever was given something to do runs before more becomes due.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// From one independent arrival to the next: exponentially distributed.
#[expect(clippy::disallowed_methods, reason = "when requests come need not be the same to the bit on every machine")]
fn interval(rate: f64, random: &mut Random) -> Duration {
    Duration::from_secs_f64(-(1.0 - random.fraction()).ln() / rate)
}

async fn ask(
    mut connection: Connection,
    window: Window,
    due: Rc<Due>,
    work: Rc<RefCell<dyn Work>>,
    counts: Rc<RefCell<Counts>>,
) -> Result<()> {
    let (mut request, mut ticket) = (Vec::new(), Vec::new());
    while let Ok(permit) = due.n.acquire().await {
        permit.forget();
        let Some(intended) = due.times.borrow_mut().pop_front() else { continue };
        work.borrow_mut().ask(&mut request, &mut ticket);
        let (status, body) = connection.ask(&request).await?;
        let counts = &mut *counts.borrow_mut();
        let mut uncounted = Errors::new();
        let is_counted = window.contains(intended);
        let errors = if is_counted { &mut counts.errors } else { &mut uncounted };
        let steps = work.borrow_mut().answered(&ticket, status, body, errors);
        if is_counted {
            counts.requests += 1;
            counts.steps += steps;
            counts.latency.record(clock::now() - intended);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_have_the_wanted_rate_and_come_as_from_many_independent_clients() {
        let mut random = Random::new(1);
        let intervals: Vec<f64> = (0..20_000).map(|_| interval(1000.0, &mut random).as_secs_f64()).collect();
        let mean = intervals.iter().sum::<f64>() / 20_000.0;
        let variance = intervals.iter().map(|interval| (interval - mean) * (interval - mean)).sum::<f64>() / 20_000.0;
        // Of an exponential distribution the standard deviation is the mean.
        assert!((mean - 0.001).abs() < 0.000_03, "{mean}");
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.05, "{}", variance.sqrt());
    }
}
