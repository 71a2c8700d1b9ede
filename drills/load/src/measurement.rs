//! Everything that is measured, in order.

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use harness::installation::{Disk, Installation, Server, beside_this_program};
use harness::usage::{Usage, descendants};
use harness::{Result, clock, report};
use tempfile::TempDir;
use testbed::Postgres;

use crate::arguments::{Arguments, Database};
use crate::baseline::{BareRequests, bare_insert, fdatasync};
use crate::endurance::{self, Endurance};
use crate::generator::{self, Errors, Load, Measured, Work};
use crate::maze::{self, Asking, Pattern, Steps, Worlds};
use crate::report::{Fleet, Machine, Phase, Report};
use crate::restart::restart;

/// How long the bare insert is measured, at most.
const BARE_INSERT: Duration = Duration::from_secs(5);

/// Starts what is needed and measures it.
pub(crate) fn measure(arguments: &Arguments) -> Result<Report> {
    let temporary = folder(arguments)?;
    let machine = machine(arguments, temporary.path())?;
    on_a_bench(arguments, temporary.path(), &[], |bench| bench.measure(machine))
}

/// Starts what is needed and sees how long it holds.
pub(crate) fn endure(arguments: &Arguments) -> Result<Endurance> {
    let temporary = folder(arguments)?;
    on_a_bench(arguments, temporary.path(), &[], |bench| endurance::endure(arguments, &bench))
}

/// A folder to work in, on the disk that was asked for.
pub(crate) fn folder(arguments: &Arguments) -> Result<TempDir> {
    Ok(match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    })
}

/// With these settings besides those that were asked for.
pub(crate) fn on_a_bench<T>(
    arguments: &Arguments,
    folder: &Path,
    settings: &[String],
    work: impl FnOnce(Bench<'_>) -> Result<T>,
) -> Result<T> {
    let postgres = (arguments.database == Database::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map(Postgres::url);
    let program = arguments.program.clone().map_or_else(|| beside_this_program("freeagentics"), Ok)?;
    let installation = Installation::new(&program, folder, url.as_deref())?;
    let installation = installation.with_settings(arguments.set.iter().chain(settings).cloned());
    let server = installation.start_ready(&Disk::Real)?;
    let bench = Bench { arguments, installation: &installation, worlds: worlds(arguments), server };
    work(bench)
}

fn worlds(arguments: &Arguments) -> Rc<RefCell<Worlds>> {
    Rc::new(RefCell::new(Worlds::new(arguments.n_agents())))
}

/// A server with a fleet.
pub(crate) struct Bench<'a> {
    arguments: &'a Arguments,
    installation: &'a Installation,
    worlds: Rc<RefCell<Worlds>>,
    server: Server,
}

impl Bench<'_> {
    fn measure(self, machine: Machine) -> Result<Report> {
        let arguments = self.arguments;
        let fleet = self.fleet()?;
        let loads = self.loads()?;
        let (_, restart) = restart(arguments, self.installation, self.server, self.worlds)?;
        Ok(Report {
            database: arguments.database,
            processors: std::thread::available_parallelism()?.get(),
            agents: arguments.n_agents(),
            seed: arguments.seed,
            settings: arguments.set.clone(),
            machine,
            fleet,
            loads,
            restart,
        })
    }

    pub(crate) fn fleet(&self) -> Result<Fleet> {
        let n = self.arguments.n_agents();
        report::line(&format!("creating {} agents", report::count(n.into())))?;
        let began = clock::now();
        maze::create(&self.installation.access(), self.server.address, n)?;
        let (created, server_after_creation) = (began.elapsed(), self.server.usage());
        report::line("stepping each once")?;
        let began = clock::now();
        let errors = self.step_each_once()?;
        Ok(Fleet {
            created_in_seconds: created.as_secs_f64(),
            server_after_creation,
            hot_in_seconds: began.elapsed().as_secs_f64(),
            server_when_hot: self.server.usage(),
            errors,
        })
    }

    /// Returns how many steps failed.
    fn step_each_once(&self) -> Result<u64> {
        let n = self.arguments.n_agents();
        let at_once = n.min(1000);
        let mut steps = self.steps(Pattern::RoundRobin, Some(at_once));
        let mut connection = harness::http::Connection::open(self.server.address)?;
        let (mut request, mut ticket, mut errors) = (Vec::new(), Vec::new(), Errors::new());
        for _ in 0..n.div_ceil(at_once) {
            steps.ask(&mut request, &mut ticket);
            let answer = connection.ask(&request)?;
            steps.answered(&ticket, answer.status, &answer.body, &mut errors);
        }
        Ok(errors.values().sum())
    }

    fn loads(&self) -> Result<Vec<Phase>> {
        let arguments = self.arguments;
        let single = self.load(None, arguments.connections, None)?;
        let rate = arguments.rate.unwrap_or(single.measured.steps_per_second * arguments.share);
        let single_open = self.load(None, arguments.connections, Some(rate))?;
        let batch = arguments.batch();
        let batched = self.load(Some(batch), arguments.batch_connections, None)?;
        let rate = arguments.batch_rate.unwrap_or(batched.measured.steps_per_second * arguments.share);
        let rate = rate / f64::from(batch);
        let batched_open = self.load(Some(batch), arguments.batch_connections, Some(rate))?;
        Ok(vec![single, single_open, batched, batched_open])
    }

    /// As many steps one by one as there can be.
    pub(crate) fn closed(&self) -> Result<Phase> {
        self.load(None, self.arguments.connections, None)
    }

    /// Steps one by one at a rate, for a time of its own.
    pub(crate) fn open(&self, name: &str, rate: f64, seconds: f64) -> Result<Phase> {
        let (warm_up, seed) = (self.arguments.warm_up().min(Duration::from_secs(1)), self.arguments.seed);
        let duration = Duration::from_secs_f64(seconds);
        let load = Load { rate: Some(rate), connections: self.arguments.connections, warm_up, duration, seed };
        let work = Rc::new(RefCell::new(self.steps(self.arguments.pattern, None)));
        observed(name, self.server.pid(), || generator::run(self.server.address, load, work))
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// How many files and connections the server has open, once it has seen that ours are closed.
    pub(crate) fn handles(&self) -> usize {
        let look = |_| {
            std::thread::sleep(Duration::from_millis(50));
            harness::usage::handles(self.server.pid())
        };
        (0..20).map(look).min().unwrap_or_default()
    }

    /// `rate` is that of requests.
    fn load(&self, batch: Option<u32>, connections: usize, rate: Option<f64>) -> Result<Phase> {
        let arguments = self.arguments;
        let kind = batch.map_or_else(|| "single".to_owned(), |n| format!("batches of {n}"));
        let load = Load {
            rate,
            connections,
            warm_up: arguments.warm_up(),
            duration: arguments.duration(),
            seed: arguments.seed,
        };
        let name = format!("{kind}, {}", load.told());
        let work = Rc::new(RefCell::new(self.steps(arguments.pattern, batch)));
        observed(&name, self.server.pid(), || generator::run(self.server.address, load, work)).map(|phase| Phase {
            pattern: arguments.pattern,
            batch,
            explain: arguments.explain.clone(),
            ..phase
        })
    }

    fn steps(&self, pattern: Pattern, batch: Option<u32>) -> Steps {
        let explain = self.arguments.explain.clone();
        let asking = Asking { pattern, n_agents: self.arguments.n_agents(), batch, explain, seed: self.arguments.seed };
        Steps::new(self.installation.access(), asking, self.worlds.clone())
    }
}

/// A load, and what server, database and drill used during it.
fn observed(name: &str, server: u32, load: impl FnOnce() -> Result<Measured>) -> Result<Phase> {
    report::line(name)?;
    let usages = || [Usage::of(server), Usage::of_all(descendants("postgres")), Usage::of(std::process::id())];
    let before = usages();
    let measured = load()?;
    let [server, database, client] = usages();
    Ok(Phase {
        name: name.to_owned(),
        pattern: Pattern::Random,
        batch: None,
        explain: None,
        measured,
        server: server - before[0],
        database: database - before[1],
        client: client - before[2],
    })
}

/// What the machine does without us.
fn machine(arguments: &Arguments, folder: &Path) -> Result<Machine> {
    report::line("measuring the machine")?;
    let fdatasync = fdatasync(folder)?;
    let postgres = (arguments.database == Database::Postgres).then(Postgres::start);
    let url = postgres.as_ref().map(Postgres::url);
    let duration = arguments.duration().min(BARE_INSERT);
    let bare_insert_rows_per_second = bare_insert(folder, url.as_deref(), duration)?;
    Ok(Machine { fdatasync, bare_insert_rows_per_second, bare_http: bare_http(arguments)? })
}

/// The same client against a server that does nothing, in both loops.
fn bare_http(arguments: &Arguments) -> Result<Vec<Phase>> {
    let mut server = Bare::start()?;
    let address = server.address()?;
    let mut load = Load {
        rate: None,
        connections: arguments.connections,
        warm_up: arguments.warm_up().min(Duration::from_secs(1)),
        duration: arguments.duration().min(Duration::from_secs(10)),
        seed: arguments.seed,
    };
    let access = harness::http::Access { host: "localhost".into(), key: "0".repeat(64) };
    let work = Rc::new(RefCell::new(BareRequests::new(&access)));
    let measure = |load: Load| {
        let name = format!("bare HTTP, {}", load.told());
        observed(&name, server.0.id(), || generator::run(address, load, work.clone()))
    };
    let closed = measure(load)?;
    load.rate = Some(closed.measured.requests_per_second * arguments.share);
    Ok(vec![closed, measure(load)?])
}

/// This program as a server that does nothing; killed when dropped.
struct Bare(Child);

impl Bare {
    fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Ok(Self(command.arg("bare-http").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?))
    }

    fn address(&mut self) -> Result<std::net::SocketAddr> {
        let output = self.0.stdout.take().ok_or("a server without an output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(serde_json::from_str::<serde_json::Value>(&line)?["address"].as_str().unwrap_or_default().parse()?)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
