//! What processes have used, as `/proc` tells it.

use std::collections::BTreeSet;
use std::fs::{read_dir, read_to_string};
use std::ops::Sub;
use std::time::Duration;

use serde::Serialize;

/// What a process used so far, and what it holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Seconds on a processor, in the program.
    pub user_seconds: f64,
    /// Seconds on a processor, in the kernel.
    pub system_seconds: f64,
    /// Memory that is in RAM.
    pub resident_mib: f64,
    /// The most memory that was in RAM at once.
    pub peak_mib: f64,
}

/// What the kernel counts processor time in, on every Linux: `USER_HZ`.
const TICKS_PER_SECOND: f64 = 100.0;

impl Usage {
    /// Of one process; nothing if it is gone.
    pub fn of(pid: u32) -> Self {
        let stat = read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name, in parentheses, may hold anything; the fields after it are plain.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let seconds = |at: usize| fields.get(at).and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0) / TICKS_PER_SECOND;
        let status = read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_end_matches("kB").trim().parse().unwrap_or(0.0) / 1024.0
        };
        Self {
            user_seconds: seconds(11),
            system_seconds: seconds(12),
            resident_mib: mib("VmRSS:"),
            peak_mib: mib("VmHWM:"),
        }
    }

    /// Of several together.
    pub fn of_all(pids: impl IntoIterator<Item = u32>) -> Self {
        pids.into_iter().map(Self::of).fold(Self::default(), |sum, one| Self {
            user_seconds: sum.user_seconds + one.user_seconds,
            system_seconds: sum.system_seconds + one.system_seconds,
            resident_mib: sum.resident_mib + one.resident_mib,
            peak_mib: sum.peak_mib + one.peak_mib,
        })
    }

    /// Seconds on a processor.
    pub fn cpu_seconds(&self) -> f64 {
        self.user_seconds + self.system_seconds
    }
}

/// How long the threads of a process that there are have been on a processor, to the nanosecond; nothing if it is gone.
pub fn running(pid: u32) -> Duration {
    let threads = read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let times = threads.filter_map(|thread| read_to_string(thread.path().join("schedstat")).ok());
    Duration::from_nanos(times.filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum())
}

/// What was used since `earlier`; memory is that of now.
impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            user_seconds: self.user_seconds - earlier.user_seconds,
            system_seconds: self.system_seconds - earlier.system_seconds,
            ..self
        }
    }
}

/// How many files and connections a process has open; none if it is gone.
pub fn handles(pid: u32) -> usize {
    read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// Processes of this name that this process, or one that it started, has started.
pub fn descendants(name: &str) -> Vec<u32> {
    let mut family = BTreeSet::from([std::process::id()]);
    let processes = processes();
    loop {
        let is_new = |process: &&Process| family.contains(&process.parent) && !family.contains(&process.pid);
        let born: Vec<u32> = processes.iter().filter(is_new).map(|process| process.pid).collect();
        if born.is_empty() {
            break;
        }
        family.extend(born);
    }
    let is_ours = |process: &&Process| family.contains(&process.pid) && process.name == name;
    processes.iter().filter(is_ours).map(|process| process.pid).collect()
}

struct Process {
    pid: u32,
    parent: u32,
    name: String,
}

fn processes() -> Vec<Process> {
    let entries = read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| {
        let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, fields) = stat.split_once('(')?.1.rsplit_once(')')?;
        Some(Process { pid, parent: fields.split_whitespace().nth(1)?.parse().ok()?, name: name.to_owned() })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_that_works_uses_time_and_memory() {
        let before = Usage::of(std::process::id());
        let mut random = crate::random::Random::new(1);
        let memory: Vec<u64> = (0..4_000_000).map(|_| random.draw()).collect();
        assert!(memory.iter().any(|draw| draw % 7 == 0));
        let used = Usage::of(std::process::id()) - before;
        assert!(used.cpu_seconds() > 0.0 && used.resident_mib > 30.0, "{used:?}");
        assert!(running(std::process::id()) > Duration::from_millis(1));
    }

    #[test]
    fn a_process_that_was_started_is_found_by_its_name() {
        let mut child = Command::new("sleep").arg("5").spawn().unwrap();
        assert!(descendants("sleep").contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!descendants("sleep").contains(&child.id()));
    }
}
