//! Runs a program with a limit of time, and keeps what it says.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::clock::Clock;

/// Of what a program says, the last this many bytes are kept.
const MOST_OUTPUT: u64 = 8 << 20;
const POLL: Duration = Duration::from_millis(10);

/// What to run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) words: Vec<String>,
    pub(crate) folder: PathBuf,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) limit: Duration,
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) ending: Ending,
    /// Standard output and standard error in the order in which they were written.
    pub(crate) output: String,
    pub(crate) took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Exited(i32),
    Signalled,
    OutOfTime,
}

impl Program {
    pub(crate) fn new(words: &[&str], folder: &Path, limit: Duration) -> Self {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        Self { words, folder: folder.to_owned(), environment: BTreeMap::new(), limit }
    }

    /// Runs it to its end, or to the end of its time. Whatever it has started and left behind ends with it.
    ///
    /// Both streams go to one file: no thread has to read them, and a grandchild that keeps them open holds nobody up.
    ///
    /// # Errors
    /// If it cannot be started; `NotFound` when there is no such program.
    pub(crate) fn run(&self, clock: &dyn Clock) -> io::Result<Finished> {
        let mut file = tempfile::tempfile()?;
        let started = clock.monotonic();
        let mut child = self.command(&file)?.process_group(0).spawn()?;
        let ending = self.wait(&mut child, started, clock);
        end_group(&child);
        let took = clock.monotonic().saturating_sub(started);
        if matches!(ending, Ok(Ending::OutOfTime) | Err(_)) {
            child.kill()?;
            child.wait()?;
        }
        Ok(Finished { ending: ending?, output: tail(&mut file)?, took })
    }

    /// The command, with nothing to read and its output in a file.
    pub(crate) fn command(&self, output: &File) -> io::Result<Command> {
        let (name, arguments) = self.words.split_first().ok_or_else(|| io::Error::other("no program is named"))?;
        let mut command = Command::new(name);
        command.args(arguments).current_dir(&self.folder).envs(&self.environment);
        command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
        Ok(command)
    }

    fn wait(&self, child: &mut Child, started: Duration, clock: &dyn Clock) -> io::Result<Ending> {
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status.code().map_or(Ending::Signalled, Ending::Exited));
            }
            if clock.monotonic().saturating_sub(started) > self.limit {
                return Ok(Ending::OutOfTime);
            }
            std::thread::sleep(POLL);
        }
    }
}

fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // Mostly nobody is left in it.
        let _nobody = kill_process_group(group, Signal::KILL);
    }
}

/// The end of what was written, as text.
pub(crate) fn tail(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(MOST_OUTPUT)))?;
    let mut bytes = Vec::new();
    file.take(MOST_OUTPUT).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn run(script: &str, limit: Duration) -> Finished {
        Program::new(&["sh", "-c", script], Path::new("/"), limit).run(&SystemClock::start()).unwrap()
    }

    #[test]
    fn what_is_said_on_both_streams_is_kept_in_its_order() {
        let finished = run("echo one; echo two >&2; echo three; exit 3", Duration::from_secs(20));
        assert_eq!((finished.ending, finished.output.as_str()), (Ending::Exited(3), "one\ntwo\nthree\n"));
    }

    #[test]
    fn a_program_that_runs_out_of_time_ends_with_all_that_it_started() {
        let finished = run("sleep 61.25 & echo $!; wait", Duration::from_millis(300));
        assert_eq!(finished.ending, Ending::OutOfTime);
        assert!(finished.took < Duration::from_secs(20));
        let stat = Path::new("/proc").join(finished.output.trim()).join("stat");
        // A killed process may stay a zombie until whoever inherited it looks.
        let gone = |stat: io::Result<String>| stat.map_or(true, |stat| stat.contains(") Z ") || stat.contains(") X "));
        let is_gone = (0..200).any(|_| {
            gone(std::fs::read_to_string(&stat)) || {
                std::thread::sleep(POLL);
                false
            }
        });
        assert!(is_gone, "what it started still runs");
    }
}
