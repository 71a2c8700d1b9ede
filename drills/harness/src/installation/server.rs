//! A server as a process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Access, Connection, Request};
use crate::usage::Usage;
use crate::{Result, clock};

/// How long a start may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that has been started and need not be ready. It is killed when dropped.
#[derive(Debug)]
pub struct Starting {
    child: Child,
    started: Instant,
    access: Access,
    first_line: Receiver<String>,
}

impl Starting {
    pub(super) fn new(mut child: Child, started: Instant, access: Access) -> Result<Self> {
        let output = child.stdout.take().ok_or("a server without an output")?;
        let (tell, first_line) = channel();
        spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(std::io::Result::ok);
            if let Some(line) = lines.next() {
                let _ = tell.send(line);
            }
            // Until its end, so that the server never waits for a reader.
            lines.for_each(drop);
        });
        Ok(Self { child, started, access, first_line })
    }

    /// Waits until the server says that it is ready.
    ///
    /// # Errors
    /// If it ends instead, or takes far too long.
    pub fn ready(mut self) -> Result<Server> {
        let line = match self.first_line.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => return Err("the server did not say where it listens".into()),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(format!("the server ended at its start: {}", self.child.wait()?).into());
            }
        };
        let address = serde_json::from_str::<Value>(&line)?["address"].as_str().unwrap_or_default().parse()?;
        let mut server = Server { address, ready_after: Duration::ZERO, starting: self };
        server.wait_until_ready()?;
        server.ready_after = server.starting.started.elapsed();
        Ok(server)
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server that answers. It is killed when dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process until it said that it was ready.
    pub ready_after: Duration,
    starting: Starting,
}

impl Server {
    fn wait_until_ready(&self) -> Result<()> {
        let request =
            Request::get("/health/ready").bytes(&Access { key: String::new(), ..self.starting.access.clone() });
        let mut connection = Connection::open(self.address)?;
        while self.starting.started.elapsed() < PATIENCE {
            if connection.ask(&request)?.status == 200 {
                return Ok(());
            }
            sleep(Duration::from_millis(1));
        }
        Err("the server listens and does not get ready".into())
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.starting.child.id()
    }

    /// What it has used.
    pub fn usage(&self) -> Usage {
        Usage::of(self.pid())
    }

    /// How it ended, if it has ended by itself.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn ended(&mut self) -> Result<Option<String>> {
        Ok(self.starting.child.try_wait()?.map(|status| status.to_string()))
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        self.starting.kill();
    }

    /// Asks it to end in order (`SIGTERM`), and waits for that.
    ///
    /// # Errors
    /// If it does not end.
    pub fn stop(&mut self) -> Result<()> {
        Command::new("kill").arg(self.pid().to_string()).status()?;
        let asked = clock::now();
        while asked.elapsed() < PATIENCE {
            if let Some(status) = self.starting.child.try_wait()? {
                return if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) };
            }
            sleep(Duration::from_millis(2));
        }
        Err("the server was asked to stop and did not".into())
    }
}
