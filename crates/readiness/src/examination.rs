//! The examination: every proof of a profile executed, on one repository and one service.

use std::path::PathBuf;

use crate::blanks::Blanks;
use crate::clock::Clock;
use crate::deployment::{self, Deployment};
use crate::judgement::{Part, Row};
use crate::machine::Machine;
use crate::profile::{Profile, Requirement};
use crate::proofs::{Bench, Figure, Outcome, TestResults};
use crate::redaction::Redaction;
use crate::report::{Report, Subject};
use crate::repository::Revision;
use crate::service::Service;

/// What is examined.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The repository.
    pub repo: PathBuf,
    /// The service.
    pub deployment: Deployment,
    /// The program that examines, which is `{program}` in a profile.
    pub program: PathBuf,
    /// Requirements to look at; all if there are none.
    pub only: Vec<String>,
    /// Where reports will be written: that these change is no change of the repository.
    pub reports: Vec<PathBuf>,
}

/// Executes the proofs, and says through `progress` what it is doing.
///
/// # Errors
/// If there is no folder to work in, or no such repository.
pub fn examine(
    profile: &Profile,
    examination: &Examination,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(&str),
) -> std::io::Result<Report> {
    let (at, begun) = (clock.now(), clock.monotonic());
    let repo = examination.repo.canonicalize()?;
    let scratch = tempfile::Builder::new().prefix("readiness-").tempdir()?;
    let mut bench = Bench {
        redaction: Redaction::of_places(&repo, scratch.path()),
        blanks: blanks(examination, &repo, scratch.path()),
        service: Service::NotGiven,
        scratch: scratch.path().to_owned(),
        repo,
        clock,
    };
    let ids: Vec<&str> = profile.ids().into_iter().filter(|id| is_wanted(id, &examination.only)).collect();
    let requirements: Vec<(&str, &Requirement)> =
        ids.iter().filter_map(|id| Some((*id, profile.requirements.get(*id)?))).collect();
    let revision = Revision::of(&profile.product, &bench.repo, &examination.reports, clock);
    let tests = run_tests(profile, &requirements, &bench, progress);
    if examination.deployment == Deployment::Started {
        progress("starting the service");
    }
    let started = deployment::deploy(profile, &examination.deployment, &mut bench);
    let rows: Vec<Row> = requirements.iter().map(|(id, it)| row(id, it, &tests, &bench, progress)).collect();
    let subject = Subject {
        product: profile.product.name.clone(),
        revision,
        at,
        took: clock.monotonic().saturating_sub(begun),
        machine: Machine::this(),
        against: deployment::against(&bench, started.as_ref()),
        left_out: profile.requirements.len() - rows.len(),
        next_review: at.day_after(profile.product.review_after_days),
    };
    let figures: Vec<Figure> = started.map(|started| started.figures.clone()).unwrap_or_default();
    Ok(Report::new(subject, rows, figures, tests.by_kind(&profile.tests.kind), &profile.sign_off))
}

fn is_wanted(id: &str, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|wanted| wanted == id)
}

fn blanks(examination: &Examination, repo: &std::path::Path, scratch: &std::path::Path) -> Blanks {
    let mut known = Blanks::default();
    known.set("repo", repo.display().to_string());
    known.set("scratch", scratch.display().to_string());
    known.set("program", examination.program.display().to_string());
    known
}

fn run_tests(
    profile: &Profile,
    requirements: &[(&str, &Requirement)],
    bench: &Bench<'_>,
    progress: &mut dyn FnMut(&str),
) -> TestResults {
    let proofs: Vec<_> = requirements.iter().flat_map(|(_, requirement)| &requirement.tests).collect();
    if proofs.is_empty() {
        return TestResults::NotRun("no proof names tests".into());
    }
    progress(&format!("running the tests of {} proofs", proofs.len()));
    TestResults::of(&proofs, profile.tests.limit.map(|limit| limit.0), bench)
}

fn row(
    id: &str,
    requirement: &Requirement,
    tests: &TestResults,
    bench: &Bench<'_>,
    progress: &mut dyn FnMut(&str),
) -> Row {
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |kind: &'static str, shows: &str, offline: Option<&String>, outcome: Outcome| {
        parts.push(Part { shows: shows.into(), kind, offline: offline.cloned(), outcome });
    };
    for proof in &requirement.tests {
        add("tests", &proof.shows, proof.offline.as_ref(), proof.judge(tests, bench));
    }
    for proof in &requirement.command {
        progress(&format!("{id}: {}", proof.run.join(" ")));
        add("command", &proof.shows, proof.offline.as_ref(), proof.execute(bench));
    }
    for proof in &requirement.http {
        add("http", &proof.shows, None, proof.execute(bench));
    }
    for proof in &requirement.metrics {
        add("metrics", &proof.shows, None, proof.execute(bench));
    }
    Row::judge(id, requirement, parts, &bench.repo)
}
