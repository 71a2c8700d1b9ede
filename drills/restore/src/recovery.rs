//! The machine, its loss, and the way back.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use harness::http::Request;
use harness::installation::{Disk, Installation, Server};
use harness::{Result, clock, report};
use serde::Serialize;
use serde_json::Value;

use crate::Arguments;
use crate::load::{Acknowledged, Worker};

/// How long a backup may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// How large the database was when it was lost, in megabytes.
    pub(crate) megabytes: f64,
    /// How much room the backup took, in megabytes, without what was shipped later.
    pub(crate) stored_megabytes: f64,
    /// How long it took to make, in seconds.
    pub(crate) made_in: f64,
    /// Steps that were acknowledged in all.
    pub(crate) steps: u64,
    /// Of what was acknowledged, how long before the loss the first that is missing was, in seconds.
    pub(crate) recovery_point: f64,
    /// From the loss until the restored server was ready, in seconds.
    pub(crate) recovery_time: f64,
    /// The part of it that restoring took.
    pub(crate) restored_in: f64,
    /// The same for each gigabyte.
    pub(crate) restored_in_per_gb: f64,
    /// Everything that is not as it must be.
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    pub(crate) fn tell(&self) -> Result<()> {
        let rows = [
            ["database".to_owned(), format!("{:.0} MB", self.megabytes)],
            ["backup".into(), format!("{:.0} MB, made in {:.1} s", self.stored_megabytes, self.made_in)],
            ["steps acknowledged".into(), report::count(self.steps)],
            ["recovery point".into(), format!("{:.2} s lost", self.recovery_point)],
            ["recovery time".into(), format!("{:.1} s until a server is ready", self.recovery_time)],
            ["of it restoring".into(), format!("{:.1} s, {:.1} s a GB", self.restored_in, self.restored_in_per_gb)],
        ];
        report::table(&rows)?;
        for fault in &self.faults {
            report::line(&format!("FAILED: {fault}"))?;
        }
        if self.faults.is_empty() {
            report::line("what came back is one state, replays to the same bits, and serves")?;
        }
        Ok(())
    }
}

/// A place with a machine that will be lost, one that is not, and what is kept elsewhere.
struct Scene {
    program: std::path::PathBuf,
    lost: Installation,
    backups: std::path::PathBuf,
    key: std::path::PathBuf,
}

impl Scene {
    fn new(arguments: &Arguments, folder: &Path) -> Result<Self> {
        let program = arguments.program()?;
        let (first, elsewhere) = (folder.join("machine"), folder.join("elsewhere"));
        fs::create_dir_all(&first)?;
        fs::create_dir_all(&elsewhere)?;
        let (backups, key) = (elsewhere.join("backups"), elsewhere.join("backup.key"));
        fs::write(&key, "5e".repeat(32))?;
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
        let lost = Installation::new(&program, &first, None)?.with_settings([
            format!("backup.folder={}", backups.display()),
            format!("backup.key_file={}", key.display()),
            format!("backup.ship_interval={}s", arguments.ship_interval),
            "backup.verify=false".into(),
            "telemetry.access_log=none".into(),
        ]);
        Ok(Self { program, lost, backups, key })
    }

    fn restore(&self, into: &Path) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.args(["backup", "restore", "--output", "json", "--data"]).arg(into);
        command.arg("--folder").arg(&self.backups).arg("--key-file").arg(&self.key);
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

pub(crate) fn lose_and_restore(arguments: &Arguments) -> Result<Outcome> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.folder.as_deref().unwrap_or(temporary.path());
    let scene = Scene::new(arguments, folder)?;
    let (server, mut acknowledged) = (scene.lost.start_ready(&Disk::Real)?, Acknowledged::default());
    let mut worker = Worker::new(server.address, scene.lost.access())?;
    worker.prepare()?;
    while size(&scene.lost.data()) < arguments.megabytes << 20 {
        worker.round(&mut acknowledged)?;
    }
    let backup = backup(&mut worker)?;
    let until = clock::now() + Duration::from_secs(arguments.seconds);
    while clock::now() < until {
        worker.round(&mut acknowledged)?;
    }
    let megabytes = size(&scene.lost.data()) as f64 / 1e6;
    let lost = lose(server, &scene.lost)?;
    let mut outcome = recover(&scene, folder, &acknowledged, lost)?;
    outcome.megabytes = megabytes;
    outcome.restored_in_per_gb = outcome.restored_in / megabytes * 1e3;
    (outcome.stored_megabytes, outcome.made_in) = backup;
    judge(&mut outcome, arguments);
    Ok(outcome)
}

/// Makes a backup while nobody else works; how large it is, in megabytes, and how long it took.
fn backup(worker: &mut Worker) -> Result<(f64, f64)> {
    let begun = clock::now();
    let count = |list: &Value| list["items"].as_array().map_or(0, Vec::len);
    let list = Request::get("/api/v1/backups");
    let before = count(&worker.expect(&list, 200)?);
    worker.expect(&Request::post("/api/v1/backups", b"{}"), 202)?;
    while begun.elapsed() < PATIENCE {
        let listed = worker.expect(&list, 200)?;
        if count(&listed) > before && listed["running"] == false {
            let stored = listed["items"].as_array().and_then(|items| items.last()?["stored_bytes"].as_f64());
            return Ok((stored.unwrap_or_default() / 1e6, begun.elapsed().as_secs_f64()));
        }
        sleep(Duration::from_millis(100));
    }
    Err("the backup was not made in time".into())
}

/// The process is killed and the folder is gone.
fn lose(mut server: Server, installation: &Installation) -> Result<Instant> {
    let lost = clock::now();
    server.kill();
    fs::remove_dir_all(installation.data())?;
    Ok(lost)
}

fn recover(scene: &Scene, folder: &Path, acknowledged: &Acknowledged, lost: Instant) -> Result<Outcome> {
    let second = folder.join("second");
    fs::create_dir_all(&second)?;
    let begun = clock::now();
    // The installation of the drill makes its data folder, which is empty.
    let restored = Installation::new(&scene.program, &second, None)?;
    // It is the same administrator who starts it.
    fs::copy(scene.lost.folder().join("key"), second.join("key"))?;
    scene.restore(&restored.data())?;
    let restored_in = begun.elapsed().as_secs_f64();
    let mut server = restored.start_ready(&Disk::Real)?;
    let recovery_time = lost.elapsed().as_secs_f64();
    let mut faults = Vec::new();
    let mut worker = Worker::new(server.address, scene.lost.access())?;
    let (fewest, most) = worker.taken()?;
    if most > acknowledged.rounds() + 1 {
        faults.push(format!("an agent has taken {most} steps, and {} were asked for", acknowledged.rounds()));
    }
    let before = acknowledged.last().map_or(lost, |last| last.min(lost));
    let recovery_point = acknowledged.lost(fewest, before).as_secs_f64();
    worker.round(&mut Acknowledged::default())?;
    server.stop()?;
    let replay = restored.replay()?;
    if !replay.status.success() {
        faults.push(format!("it does not replay: {}", String::from_utf8_lossy(&replay.stdout)));
    }
    let steps = acknowledged.rounds() * 1_000;
    let (megabytes, stored_megabytes, made_in, restored_in_per_gb) = (0.0, 0.0, 0.0, 0.0);
    Ok(Outcome {
        megabytes,
        stored_megabytes,
        made_in,
        steps,
        recovery_point,
        recovery_time,
        restored_in,
        restored_in_per_gb,
        faults,
    })
}

fn judge(outcome: &mut Outcome, arguments: &Arguments) {
    let Outcome { recovery_point, recovery_time, faults, .. } = outcome;
    if *recovery_point > arguments.most_lost {
        faults.push(format!("{recovery_point:.1} s were lost, of {} that may be", arguments.most_lost));
    }
    if *recovery_time > arguments.longest {
        faults.push(format!("it took {recovery_time:.1} s, of {} that it may", arguments.longest));
    }
}

/// How much lies in a folder, in bytes.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    entries.filter_map(|entry| entry.metadata().ok()).filter(fs::Metadata::is_file).map(|file| file.len()).sum()
}
