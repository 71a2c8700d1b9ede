//! Small decision-makers that keep the odds of what is going on and pick the next move.

mod agents;
mod audit;
mod backups;
mod client;
mod command_line;
mod commands;
mod counters;
mod decisions;
mod demo;
mod doctor;
mod exit;
mod explain;
mod fleets;
mod live;
mod log;
mod models;
mod page;
mod problems;
mod recording;
mod replay;
mod rules;
mod runtime;
mod server;
mod session;
mod system;
mod tables;
mod terminal;

use std::{
    env,
    io::{self, BufWriter, IsTerminal, Write},
    process::ExitCode,
};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use terminal_size::terminal_size;

use commands::Cli;
use exit::{Exit, Failure};
use terminal::{Format, Paint, Terminal};

/// A step makes and drops many small pieces of memory; the system's allocator took a fifth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(command_line::understood(env::args_os().collect())) {
        Ok(cli) => cli,
        Err(told) => return usage(&told),
    };
    let (stdout, mut stderr) = (io::stdout(), io::stderr());
    let interactive = io::stdin().is_terminal() && stdout.is_terminal();
    let (paint, err_paint) = (paint(stdout.is_terminal()), paint(stderr.is_terminal()));
    let mut out = BufWriter::new(stdout.lock());
    let mut terminal = Terminal {
        out: &mut out,
        // Not locked: while a command runs as a server, its threads log there.
        err: &mut stderr,
        input: &mut io::stdin().lock(),
        interactive,
        width: if stdout.is_terminal() { terminal_size().map(|(width, _)| width.0.into()) } else { None },
        paint,
        err_paint,
    };
    let done = cli.execute(&mut terminal);
    // What has been answered is written before a complaint is; whether that works is a failure of its own.
    let written = terminal.out.flush();
    match done.and_then(|exit| written.map(|()| exit).map_err(Into::into)) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&mut terminal, cli.output).into(),
    }
}

/// Help, the version, or what is wrong with the command line; the last as JSON for programs.
fn usage(told: &clap::Error) -> ExitCode {
    let mut arguments = env::args();
    let json = arguments.any(|argument| argument == "--output=json")
        || env::args().collect::<Vec<_>>().windows(2).any(|pair| pair == ["--output", "json"]);
    if !(json && told.use_stderr()) {
        // Whoever has closed the pipe did not want to read it.
        let _gone = told.print();
        if told.use_stderr() && told.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            let paint = paint(io::stderr().is_terminal());
            let _gone = writeln!(io::stderr(), " {} {}", paint.faint("mend:"), mend(told, &told.to_string()));
        }
        return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(Exit::Usage as u8));
    }
    let text = told.to_string();
    let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let failure = Failure::usage("usage", message, mend(told, &text));
    let (mut out, mut err, mut input) = (io::sink(), io::stderr().lock(), io::empty());
    let mut terminal = Terminal {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        interactive: false,
        width: None,
        paint: Paint::Plain,
        err_paint: Paint::Plain,
    };
    failure.report(&mut terminal, Format::Json).into()
}

/// What to write in place of what is wrong with the command line.
fn mend(told: &clap::Error, text: &str) -> String {
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: ")).unwrap_or("freeagentics");
    let command: Vec<&str> = usage.split(' ').take_while(is_word).collect();
    let more = format!("`{} --help` says what there is", command.join(" "));
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let likely = kinds.iter().find_map(|kind| match told.get(*kind)? {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(some) => some.first().cloned(),
        _ => None,
    });
    match likely {
        Some(likely) => format!("did you mean `{likely}`? {more}"),
        None => more,
    }
}

/// Colours only for people who have not asked for none (<https://no-color.org>).
fn paint(is_terminal: bool) -> Paint {
    let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || env::var_os("TERM").is_some_and(|term| term == "dumb");
    if is_terminal && !plain { Paint::Ansi } else { Paint::Plain }
}
