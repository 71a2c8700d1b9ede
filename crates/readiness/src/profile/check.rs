//! What a profile must not say, beyond what its form rules out. Everything that is wrong is said at once.

use super::{Profile, Requirement};

/// Every fault, each with the place.
pub(super) fn faults(profile: &Profile) -> Vec<String> {
    let mut faults: Vec<String> =
        profile.requirements.iter().flat_map(|(id, requirement)| of_requirement(id, requirement)).collect();
    if profile.requirements.is_empty() {
        faults.push("requirement: a profile without requirements shows nothing".into());
    }
    if let Some(service) = &profile.service
        && !service.start.is_empty()
        && service.address.is_none()
    {
        faults.push("service.address: how does one learn where the started service listens?".into());
    }
    faults
}

fn of_requirement(id: &str, requirement: &Requirement) -> Vec<String> {
    let parts = requirement.parts();
    let is_repeated = |at: usize| parts.get(..at).is_some_and(|before| before.contains(&parts[at]));
    let checks = [
        (requirement.text.trim().is_empty(), ".text: says nothing"),
        (parts.iter().any(|part| part.trim().is_empty()), ": a part has no words for what it shows"),
        ((1..parts.len()).any(is_repeated), ": two parts show the same"),
    ];
    let of_whole = checks.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, about)| about.to_owned());
    of_whole.chain(of_proofs(requirement)).map(|about| format!("requirement.{id}{about}")).collect()
}

fn of_proofs(requirement: &Requirement) -> Vec<String> {
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let tests = requirement.tests.iter().filter(|proof| !is_name(&proof.package));
    let tests = tests.map(|proof| format!(".tests: `{}` is no name of a package", proof.package));
    let commands = requirement.command.iter().filter(|proof| proof.run.is_empty());
    let commands = commands.map(|proof| format!(".command: `{}` runs nothing", proof.shows));
    let paths = requirement.http.iter().filter(|proof| !proof.path.starts_with('/'));
    let paths = paths.map(|proof| format!(".http: the path `{}` does not begin with a slash", proof.path));
    let idle = requirement.http.iter().filter(|proof| proof.repeat == 0);
    let idle = idle.map(|proof| format!(".http: `{}` asks nothing", proof.shows));
    let metrics = requirement.metrics.iter().filter(|proof| proof.names.is_empty());
    let metrics = metrics.map(|proof| format!(".metrics: `{}` names no metric", proof.shows));
    tests.chain(commands).chain(paths).chain(idle).chain(metrics).collect()
}

impl Requirement {
    /// What each part of it shows or would show, proofs first.
    fn parts(&self) -> Vec<&str> {
        let tests = self.tests.iter().map(|proof| &proof.shows);
        let commands = self.command.iter().map(|proof| &proof.shows);
        let requests = self.http.iter().map(|proof| &proof.shows);
        let metrics = self.metrics.iter().map(|proof| &proof.shows);
        let proofs = tests.chain(commands).chain(requests).chain(metrics);
        proofs.chain(&self.missing).map(String::as_str).collect()
    }
}
