//! What the process itself uses, under the names that dashboards expect.

use std::fs;

use super::{Declaration, Metrics};

const MEMORY: Declaration = Declaration::gauge("process_resident_memory_bytes", &[], "Memory in use");
const CPU: Declaration =
    Declaration::counter("process_cpu_seconds_total", &[], "Processor time used, by user and system");
const OPEN_FILES: Declaration = Declaration::gauge("process_open_fds", &[], "Open files and sockets");
const MOST_FILES: Declaration = Declaration::gauge("process_max_fds", &[], "Files and sockets that may be open");
const THREADS: Declaration = Declaration::gauge("process_threads", &[], "Threads");
const STARTED: Declaration =
    Declaration::gauge("process_start_time_seconds", &[], "When the process started, in seconds since 1970");

/// Linux counts processor time for user space in hundredths of a second, whatever the kernel's own tick is.
const TICKS: f64 = 100.0;

/// Registers the metrics of this process. Where there is no `/proc` they have no values.
pub fn register(metrics: &Metrics) {
    metrics.observed(MEMORY, || status("VmRSS:").map(|kib| kib * 1024.0));
    metrics.observed(CPU, cpu_seconds);
    metrics.observed(OPEN_FILES, || {
        let open = fs::read_dir("/proc/self/fd").ok()?.count();
        // One of them was opened to count them.
        u32::try_from(open).ok().map(|open| f64::from(open.saturating_sub(1)))
    });
    metrics.observed(MOST_FILES, || number_after(&fs::read_to_string("/proc/self/limits").ok()?, "Max open files"));
    metrics.observed(THREADS, || status("Threads:"));
    metrics.observed(STARTED, started);
}

fn status(name: &str) -> Option<f64> {
    number_after(&fs::read_to_string("/proc/self/status").ok()?, name)
}

/// The number after a name at the beginning of a line.
fn number_after(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn cpu_seconds() -> Option<f64> {
    let [user, system] = ticks([11, 12])?;
    Some((user + system) / TICKS)
}

fn started() -> Option<f64> {
    let booted = number_after(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
    let [started] = ticks([19])?;
    Some(booted + started / TICKS)
}

/// Numbers of this process, by their places behind the program's name: it is in parentheses and may hold anything.
fn ticks<const N: usize>(places: [usize; N]) -> Option<[f64; N]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let mut numbers = [0.0; N];
    for (number, place) in numbers.iter_mut().zip(places) {
        *number = fields.get(place)?.parse().ok()?;
    }
    Some(numbers)
}
