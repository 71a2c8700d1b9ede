//! Lines that were exported, read and checked: everything that is wrong is told, each with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axiomcore::http::parse;
use axiomcore::store::{Database, Result};
use freeagentics_inference::document::Format;
use freeagentics_inference::engine::Engine;
use serde::Serialize;

use super::line::{AgentLine, Line, ModelLine};
use crate::agents::{Brought, NewAgent};
use crate::models::library::{Checked, Rejected};
use crate::models::{Compiled, Library, ModelName, Reference, Referred};
use axiomcore::hex;

/// Something that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct LineProblem {
    /// Which line, from 1.
    pub(super) line: usize,
    /// What kind of problem it is.
    pub(super) code: &'static str,
    /// What is wrong.
    pub(super) detail: String,
}

/// What lines hold.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) models: Vec<Checked>,
    pub(super) agents: Vec<Arriving>,
    pub(super) problems: Vec<LineProblem>,
    /// Problems beyond those that are listed.
    pub(super) omitted: usize,
}

/// An agent on its way in.
pub(super) struct Arriving {
    pub(super) line: usize,
    pub(super) model: Source,
    /// Its model's key is known when that is stored.
    pub(super) agent: NewAgent,
}

/// Where the model of an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// On a line: which of the models.
    Here(usize),
    /// In the database already: its key.
    There(i64),
}

/// So many problems are listed.
const LISTED: usize = 100;

/// Half of what every JSON reader keeps: the agent goes on counting.
const MOST: u64 = 1 << 52;

/// Reads lines for a workspace; blocks.
pub(super) struct Reader<'l> {
    library: &'l Library,
    database: &'l Database,
    workspace: i64,
    manifest: Manifest,
    /// Models of these lines by name and version.
    here: BTreeMap<(String, i64), usize>,
    /// Models of the database that were asked for.
    there: BTreeMap<(String, i64), Option<Arc<Compiled>>>,
    /// Bytes that the models of these lines take.
    bytes: u64,
    ids: BTreeSet<String>,
}

impl<'l> Reader<'l> {
    pub(super) fn new(library: &'l Library, database: &'l Database, workspace: i64) -> Self {
        let (manifest, here, there, bytes, ids) = Default::default();
        Self { library, database, workspace, manifest, here, there, bytes, ids }
    }

    /// Reads all lines; empty ones are passed over.
    pub(super) fn read(mut self, text: &[u8]) -> Result<Manifest> {
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let number = at + 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match parse::<Line>(line) {
                Err(problem) => {
                    let (code, told) = (problem.code().code, problem.to_string());
                    // The code has a place of its own.
                    self.wrong(number, code, told.trim_start_matches(code).trim_start_matches(": "));
                }
                Ok(Line::Model(model)) => self.model(number, model),
                Ok(Line::Agent(agent)) => self.agent(number, agent)?,
                // It was not there to be brought along; whoever exported was told.
                Ok(Line::Omitted(_)) => {}
            }
        }
        Ok(self.manifest)
    }

    fn wrong(&mut self, line: usize, code: &'static str, detail: impl Into<String>) {
        self.manifest.complain(line, code, detail.into());
    }

    fn model(&mut self, line: usize, model: ModelLine) {
        let ModelLine { name, version, digest, format, document } = model;
        let format = if format == "json" { Format::Json } else { Format::Yaml };
        let checked = match self.library.check(&document, format) {
            Ok(checked) => checked,
            Err(Rejected::Invalid(problems)) => {
                let first = problems.problems.first().map(ToString::to_string);
                return self.wrong(line, "model_invalid", first.unwrap_or_default());
            }
            Err(rejected) => return self.wrong(line, "model_invalid", rejected.to_string()),
        };
        self.bytes = self.bytes.saturating_add(checked.document.cost.bytes);
        if self.bytes > self.library.room() {
            let detail = "the models up to here take more memory together than models may (`runtime.model_memory`)";
            return self.wrong(line, "model_invalid", format!("{detail}; import them in parts"));
        }
        let fits = ModelName::new(&*name).is_ok_and(|name| !name.is_reserved());
        if !fits || checked.document.name != name {
            self.wrong(line, "invalid_name", format!("`{name}` is not the name of this document"));
        } else if checked.engine.model().digest().to_string() != digest {
            self.wrong(line, "digest_mismatch", "the document is not the one that the digest names");
        } else if self.here.insert((name, version), self.manifest.models.len()).is_some() {
            self.wrong(line, "duplicate", "this version of the model stands on a line before");
        } else {
            self.manifest.models.push(checked);
        }
    }

    fn agent(&mut self, line: usize, agent: AgentLine) -> Result<()> {
        if !self.ids.insert(agent.id.to_string()) {
            self.wrong(line, "duplicate", format!("agent `{}` stands on a line before", agent.id));
            return Ok(());
        }
        let brought = match self.find(&agent.model)? {
            None => {
                let Referred { name, version, .. } = &agent.model;
                let detail = format!("neither a line before nor this server has {name}@{version} with this digest");
                self.wrong(line, "model_not_found", detail);
                return Ok(());
            }
            Some((source, engine)) => brought(engine, &agent).map(|brought| (source, brought)),
        };
        let AgentLine { id, labels, seed, .. } = agent;
        match brought {
            Err(detail) => self.wrong(line, "state_invalid", detail),
            Ok((model, brought)) => {
                let agent = NewAgent { name: id, model: 0, seed: seed.get(), labels, brought: Some(brought) };
                self.manifest.agents.push(Arriving { line, model, agent });
            }
        }
        Ok(())
    }

    /// The model of an agent: from a line before, or from the database.
    fn find(&mut self, wanted: &Referred) -> Result<Option<(Source, &Engine)>> {
        let Self { library, database, workspace, manifest, here, there, .. } = self;
        let name = (wanted.name.clone(), wanted.version);
        let is_it = |engine: &Engine| engine.model().digest().to_string() == wanted.digest;
        if let Some((at, checked)) = here.get(&name).and_then(|at| Some((*at, manifest.models.get(*at)?))) {
            return Ok(Some((Source::Here(at), &checked.engine)).filter(|(_, engine)| is_it(engine)));
        }
        let held = there.values().flatten().map(|compiled| compiled.weight);
        if !there.contains_key(&name) && held.sum::<u64>() > library.room() {
            there.clear();
        }
        let known = match there.entry(name) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(stored(library, database, *workspace, wanted)?)
            }
        };
        let known = known.as_ref().map(|compiled| (Source::There(compiled.key), &compiled.engine));
        Ok(known.filter(|(_, engine)| is_it(engine)))
    }
}

impl Manifest {
    pub(super) fn complain(&mut self, line: usize, code: &'static str, detail: String) {
        if self.problems.len() < LISTED {
            self.problems.push(LineProblem { line, code, detail });
        } else {
            self.omitted += 1;
        }
    }
}

/// A version of the database.
fn stored(library: &Library, database: &Database, workspace: i64, wanted: &Referred) -> Result<Option<Arc<Compiled>>> {
    let Ok(name) = ModelName::new(&*wanted.name) else { return Ok(None) };
    let reference = Reference { name, version: Some(wanted.version) };
    let found = database.read_blocking(|connection| library.refer(connection, workspace, &reference))?;
    found.map(|referred| library.compiled_blocking(workspace, referred.key)).transpose()
}

/// What an agent brings, if its model can carry it.
fn brought(engine: &Engine, agent: &AgentLine) -> std::result::Result<Brought, String> {
    let AgentLine { step, episode, state, .. } = agent;
    if *step > MOST || !(1..=MOST).contains(episode) {
        return Err(format!("{step} steps in {episode} episodes are no life"));
    }
    let Some(text) = state else { return Ok(Brought { step: *step, episode: *episode, state: None }) };
    let bytes = hex::decode(text).ok_or("the state is not written in hexadecimal")?;
    let loaded = engine.load(&bytes).map_err(|error| error.to_string())?;
    // Between two episodes only what was learnt is there to be carried.
    let carries = loaded.action().is_some() || engine.outlives_episodes();
    if loaded.steps() != *step || !carries {
        return Err(format!("the state is one after {} steps, the agent says {step}", loaded.steps()));
    }
    Ok(Brought { step: *step, episode: *episode, state: Some(bytes) })
}
