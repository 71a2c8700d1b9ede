//! The machine on which something was measured, without its name.

use serde::Serialize;

/// What decides about figures.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) system: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gibibytes: Option<u64>,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let distribution = value(&read("/etc/os-release"), "PRETTY_NAME", '=').unwrap_or(std::env::consts::OS.into());
        let kernel = read("/proc/sys/kernel/osrelease");
        let release: String = kernel.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let release = release.trim_end_matches('.');
        let memory = value(&read("/proc/meminfo"), "MemTotal", ':');
        let kibibytes = memory.and_then(|memory| memory.trim_end_matches("kB").trim().parse::<u64>().ok());
        Self {
            system: format!("{distribution}, Linux {release}, {}", std::env::consts::ARCH),
            processor: value(&read("/proc/cpuinfo"), "model name", ':').unwrap_or("unknown processor".into()),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            memory_gibibytes: kibibytes.map(|kibibytes| (kibibytes + (1 << 19)) >> 20),
        }
    }

    /// In a line.
    pub(crate) fn summary(&self) -> String {
        let memory = self.memory_gibibytes.map(|memory| format!(", {memory} GiB of memory")).unwrap_or_default();
        format!("{} cores of {}{memory}; {}", self.cores, self.processor, self.system)
    }
}

/// The value of a key in lines of keys and values.
fn value(text: &str, key: &str, separator: char) -> Option<String> {
    let pairs = text.lines().filter_map(|line| line.split_once(separator));
    let (_, value) = pairs.into_iter().find(|(candidate, _)| candidate.trim() == key)?;
    Some(value.trim().trim_matches('"').to_owned())
}
