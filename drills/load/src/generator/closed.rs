//! Each connection asks again once it is answered.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use harness::{Result, clock};
use tokio::task::spawn_local;

use super::timer::Timer;
use super::{Connection, Counts, Load, Window, Work};

pub(super) async fn run(
    address: SocketAddr,
    load: Load,
    work: Rc<RefCell<dyn Work>>,
    counts: Rc<RefCell<Counts>>,
) -> Result<()> {
    let window = Window::of(load);
    let mut asking = Vec::new();
    for _ in 0..load.connections {
        let connection = Connection::open(address).await?;
        asking.push(spawn_local(ask(connection, window, work.clone(), counts.clone())));
    }
    Timer::new()?.wait(load.warm_up + load.duration).await?;
    super::all(asking).await
}

async fn ask(
    mut connection: Connection,
    window: Window,
    work: Rc<RefCell<dyn Work>>,
    counts: Rc<RefCell<Counts>>,
) -> Result<()> {
    let (mut request, mut ticket) = (Vec::new(), Vec::new());
    loop {
        work.borrow_mut().ask(&mut request, &mut ticket);
        let sent = clock::now();
        if sent >= window.end {
            // What was prepared is given back, unasked.
            work.borrow_mut().answered(&ticket, 0, &[], &mut super::Errors::new());
            return Ok(());
        }
        let (status, body) = connection.ask(&request).await?;
        let now = clock::now();
        let counts = &mut *counts.borrow_mut();
        let mut uncounted = super::Errors::new();
        let errors = if window.contains(now) { &mut counts.errors } else { &mut uncounted };
        let steps = work.borrow_mut().answered(&ticket, status, body, errors);
        if window.contains(now) {
            counts.requests += 1;
            counts.steps += steps;
            counts.latency.record(now - sent);
        }
    }
}
