//! An installation of the product: a folder with data, a database, an administrator's key.

mod disk;
mod server;

pub use disk::{Disk, LOSSY_DISK};
pub use server::{Server, Starting};

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::http::Access;
use crate::{Result, clock};

/// Everything that outlives a server.
#[derive(Debug)]
pub struct Installation {
    program: PathBuf,
    folder: PathBuf,
    key: String,
    settings: Vec<String>,
}

impl Installation {
    /// An empty one in an empty folder. `database` is the URL of a PostgreSQL server, if it is to be one.
    ///
    /// # Errors
    /// If the program or the folder cannot be used.
    pub fn new(program: &Path, folder: &Path, database: Option<&str>) -> Result<Self> {
        if !program.is_file() {
            return Err(
                format!("there is no program {}: build it, or name it with --program", program.display()).into()
            );
        }
        let folder = folder.canonicalize()?;
        let key = new_key()?;
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join("key"))?;
        fs::write(folder.join("key"), &key)?;
        // The server would make it; a disk that forgets wants it there from the beginning.
        DirBuilder::new().recursive(true).mode(0o700).create(folder.join("data"))?;
        let settings = database.map(|url| format!("database.url={url}")).into_iter().collect();
        Ok(Self { program: program.to_owned(), folder, key, settings })
    }

    /// With further settings (`key=value`).
    pub fn with_settings(mut self, settings: impl IntoIterator<Item = String>) -> Self {
        self.settings.extend(settings);
        self
    }

    /// The folder that everything lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder with the data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// How a server of it is asked.
    pub fn access(&self) -> Access {
        Access { host: "localhost".into(), key: self.key.clone() }
    }

    /// Starts a server; it is not ready yet.
    ///
    /// # Errors
    /// If the program cannot be run.
    pub fn start(&self, disk: &Disk) -> Result<Starting> {
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command("serve");
        command.args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--bootstrap-token-file"]);
        command.arg(self.folder.join("key")).envs(disk.environment(&self.data()));
        let started = clock::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        Starting::new(child, started, self.access())
    }

    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// If it does not get ready; the end of its log is told.
    pub fn start_ready(&self, disk: &Disk) -> Result<Server> {
        self.start(disk)?.ready().map_err(|error| format!("{error}\n{}", self.end_of_log()).into())
    }

    /// Reads the whole log again and compares, as an operator would, with nobody serving.
    ///
    /// # Errors
    /// If the command cannot be run.
    pub fn replay(&self) -> Result<Output> {
        Ok(self.command("replay").arg("--verify").output()?)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args([name, "--output", "json", "--data"]).arg(self.data());
        // Not as flags, because every command reads the environment.
        for (key, value) in self.settings.iter().filter_map(|setting| setting.split_once('=')) {
            command.env(format!("FREEAGENTICS__{}", key.replace('.', "__").to_uppercase()), value);
        }
        command
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Lines of the servers' logs that tell of a panic.
    pub fn panics(&self) -> Vec<String> {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect()
    }

    /// The last lines of the servers' logs.
    pub fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// The program beside this one, which is where Cargo puts what it builds.
///
/// # Errors
/// If this program does not know where it is.
pub fn beside_this_program(name: &str) -> Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// Sixty-four random hexadecimal digits.
fn new_key() -> Result<String> {
    let mut bytes = [0; 32];
    std::io::Read::read_exact(&mut File::open("/dev/urandom")?, &mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
