//! A service that is started for an examination: on a free port, with empty data and a credential made for it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{Ask, Client, Endpoint};
use crate::blanks::Blanks;
use crate::clock::Clock;
use crate::process::{Program, tail};
use crate::profile::{Pattern, ServiceProfile};
use crate::proofs::Figure;

const POLL: Duration = Duration::from_millis(5);
const POLLS_TO_STOP: u32 = 2_000;

/// The process; it ends when this is dropped.
pub(crate) struct Started {
    child: Child,
    log: File,
    pub(crate) ran: String,
    pub(crate) figures: Vec<Figure>,
}

/// Starts it and waits until it is ready.
///
/// # Errors
/// In words, if it does not become ready in time.
pub(crate) fn start(
    profile: &ServiceProfile,
    blanks: &mut Blanks,
    (repo, scratch): (&Path, &Path),
    clock: &dyn Clock,
) -> Result<(Started, Endpoint), String> {
    let token = make_token(&scratch.join("token")).map_err(|error| format!("no credential could be made: {error}"))?;
    blanks.set("token_file", scratch.join("token").display().to_string());
    let words: Result<Vec<String>, String> = profile.start.iter().map(|word| blanks.fill(word)).collect();
    let program = Program {
        words: words?,
        folder: repo.to_owned(),
        environment: profile.environment.clone(),
        limit: profile.ready_within.0,
    };
    let log = open_log(&scratch.join("service.log")).map_err(|error| error.to_string())?;
    let begun = clock.monotonic();
    // It stays in the group of whoever examines: Ctrl-C ends both.
    let child = program.command(&log).and_then(|mut command| command.spawn()).map_err(|error| error.to_string())?;
    let mut started = Started { child, log, ran: program.words.join(" "), figures: Vec::new() };
    let client = Client::new();
    let url = loop {
        if let Some(url) = started.ready(profile, &client, clock)? {
            break url;
        }
        if clock.monotonic().saturating_sub(begun) > profile.ready_within.0 {
            return Err(format!("not ready within {} s", profile.ready_within.0.as_secs_f64()));
        }
        std::thread::sleep(POLL);
    };
    started.measure(clock.monotonic().saturating_sub(begun));
    let metrics_url = started.find(profile.metrics.as_ref()).map(|address| format!("http://{address}/metrics"));
    let credential = credential(&profile.credential, &token);
    Ok((started, Endpoint { url, metrics_url, credential, is_disposable: true, client }))
}

/// The header of a template such as `authorization: Bearer {token}`.
pub(crate) fn credential(template: &str, token: &str) -> Option<(String, String)> {
    let (name, value) = template.split_once(':')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().replace("{token}", token)))
}

/// A file that only its owner reads, with a token nobody can guess.
fn make_token(path: &Path) -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    Ok(token)
}

/// Appended to, since it is read from its beginning while the service writes.
fn open_log(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).read(true).open(path)
}

impl Started {
    /// Its address, once it is ready.
    fn ready(
        &mut self,
        profile: &ServiceProfile,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<Option<String>, String> {
        if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
            let log = tail(&mut self.log).unwrap_or_default();
            let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
            return Err(format!("it ended with {status}: {last}"));
        }
        let Some(address) = self.find(profile.address.as_ref()) else { return Ok(None) };
        let url = format!("http://{address}");
        let answer = client.ask(&Ask::get(&format!("{url}{}", profile.ready)), clock);
        Ok(answer.is_ok_and(|answer| answer.status == 200).then_some(url))
    }

    fn find(&mut self, pattern: Option<&Pattern>) -> Option<String> {
        let log = tail(&mut self.log).ok()?;
        pattern?.last(&log).map(str::to_owned)
    }

    fn measure(&mut self, took: Duration) {
        let figure = |name: &str, value: f64, unit: &str| Figure {
            name: name.into(),
            value,
            unit: unit.into(),
            at_least: None,
            at_most: None,
        };
        let memory =
            resident_mebibytes(self.child.id()).map(|mebibytes| figure("resident memory when ready", mebibytes, "MiB"));
        self.figures.push(figure("start to the first ready answer", took.as_secs_f64() * 1e3, "ms"));
        self.figures.extend(memory);
    }
}

fn resident_mebibytes(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

impl Drop for Started {
    /// Asks it to end; what does not is ended.
    fn drop(&mut self) {
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _gone = kill_process(process, Signal::TERM);
        }
        for _ in 0..POLLS_TO_STOP {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}
