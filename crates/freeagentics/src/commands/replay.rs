//! `freeagentics replay`: the whole log, decided again.

use std::{path::PathBuf, sync::Arc};

use axiomcore::{clock::SystemClock, config, store::Database};
use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    explain::amounts::count,
    models::Library,
    replay::{Finding, Report, verify},
    runtime,
    server::{arguments::Arguments, settings},
    terminal::{Format, Terminal, harmless},
};

/// Decides every step of the log again and compares it bit for bit. A server may go on running meanwhile.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder with the data.
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The server's configuration file, for a database that is not in the data folder.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Verify the log. (There is nothing else yet; it is asked for so that more can come.)
    #[arg(long, required = true)]
    verify: bool,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let settings = Arguments::of_installation(args.config.clone(), args.data.clone()).load()?;
    let data = settings.section::<settings::Config>().data;
    let database: config::Database = settings.section();
    if database.url.is_none() && !data.join(settings::DATABASE_FILE).is_file() {
        let message = format!("there is no database in {}", data.display());
        return Err(Failure::installation("no_database", message, "name the server's data folder with --data"));
    }
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::installation("database", error, "see that the database is there and may be read")
    };
    let threads = tokio::runtime::Runtime::new().map_err(|error| unreadable(&error))?;
    let location = database.location(&data, settings::DATABASE_FILE);
    let database = Database::open(&location, database.connections, threads.handle().clone())
        .map_err(|error| unreadable(&error))?;
    let library =
        Library::new(database.clone(), Arc::new(SystemClock), settings.section::<runtime::Config>().model_memory);
    let report = verify(&database, &library, &mut |_| {});
    database.close();
    match format {
        Format::Text => text(&report, terminal)?,
        Format::Json => terminal.json(&json!(report))?,
    }
    Ok(if report.is_clean() { Exit::Done } else { Exit::Failed })
}

fn text(report: &Report, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let paint = terminal.paint;
    for Finding { seq, agent, fault, detail } in &report.findings {
        let place = match (seq, agent) {
            (0, _) => "the installation".to_owned(),
            (seq, None) => format!("event {seq}"),
            (seq, Some(agent)) => format!("event {seq} of {agent}"),
        };
        let kind = json!(fault);
        let heading = format!("{place}: {}", paint.alarm(kind.as_str().unwrap_or_default()));
        writeln!(terminal.out, "{heading}\n  {}", harmless(detail))?;
    }
    if report.omitted > 0 {
        writeln!(terminal.out, "and {}", count(usize::try_from(report.omitted).unwrap_or(usize::MAX), "more finding"))?;
    }
    let Report { events, agents, steps, by_another_engine, .. } = report;
    let [events, agents, steps] = [(events, "event"), (agents, "agent"), (steps, "step")]
        .map(|(number, thing)| count(usize::try_from(*number).unwrap_or(usize::MAX), thing));
    writeln!(terminal.out, "{events} of {agents}, {steps} decided again")?;
    if *by_another_engine > 0 {
        let say = "of these by another version of the engine: their bits cannot be compared with this program";
        writeln!(terminal.out, "{by_another_engine} {say}")?;
    }
    let verdict = match report.findings.len() {
        0 => paint.good("every decision is the original, bit for bit; every link and commitment holds"),
        n => paint.alarm(&format!("{} found", count(n + usize::try_from(report.omitted).unwrap_or(0), "fault"))),
    };
    writeln!(terminal.out, "{verdict}")
}
