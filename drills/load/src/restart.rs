//! A cold restart: how soon the server is ready, and how fast agents answer whose state it has to read first.

use std::cell::RefCell;
use std::rc::Rc;

use harness::Result;
use harness::http::Connection;
use harness::installation::{Disk, Installation, Server};
use harness::{clock, clock::millis};

use crate::arguments::{Arguments, Database};
use crate::baseline::drop_page_cache;
use crate::generator::{Errors, Latency, Work};
use crate::maze::{Asking, Pattern, Steps, Worlds};
use crate::report::Restart;

/// Stops the server in order, lets the system forget the data folder (PostgreSQL keeps what it has in memory), starts
/// again, and steps random agents one by one.
pub(crate) fn restart(
    arguments: &Arguments,
    installation: &Installation,
    mut server: Server,
    worlds: Rc<RefCell<Worlds>>,
) -> Result<(Server, Restart)> {
    server.stop()?;
    drop_page_cache(&installation.data())?;
    let server = installation.start_ready(&Disk::Real)?;
    let server_after_start = server.usage();
    let asking = Asking {
        pattern: Pattern::Random,
        n_agents: arguments.n_agents(),
        batch: None,
        explain: arguments.explain.clone(),
        seed: arguments.seed ^ 0xc01d,
    };
    let mut steps = Steps::new(installation.access(), asking, worlds);
    let (mut latency, mut errors) = (Latency::new()?, Errors::new());
    let mut connection = Connection::open(server.address)?;
    let (mut request, mut ticket) = (Vec::new(), Vec::new());
    for _ in 0..arguments.n_cold() {
        steps.ask(&mut request, &mut ticket);
        let sent = clock::now();
        let answer = connection.ask(&request)?;
        latency.record(sent.elapsed());
        steps.answered(&ticket, answer.status, &answer.body, &mut errors);
    }
    let how = match arguments.database {
        Database::Sqlite => "stopped in order, page cache dropped",
        Database::Postgres => "stopped in order, PostgreSQL went on",
    };
    let restart = Restart {
        how,
        start_to_ready_ms: millis(server.ready_after),
        server_after_start,
        cold_agents: arguments.n_cold(),
        cold: latency.percentiles(),
        errors: errors.values().sum(),
    };
    Ok((server, restart))
}
