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
    let mut faults = Vec::new();
    let mut tell = |place: &str, about: &str| faults.push(format!("requirement.{id}{place}: {about}"));
    if requirement.text.trim().is_empty() {
        tell(".text", "says nothing");
    }
    for proof in &requirement.tests {
        if !proof.package.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            tell(".tests", &format!("`{}` is no name of a package", proof.package));
        }
    }
    for proof in &requirement.command {
        if proof.run.is_empty() {
            tell(".command", &format!("`{}` runs nothing", proof.shows));
        }
    }
    for proof in &requirement.http {
        if !proof.path.starts_with('/') {
            tell(".http", &format!("the path `{}` does not begin with a slash", proof.path));
        }
        if proof.repeat == 0 {
            tell(".http", &format!("`{}` asks nothing", proof.shows));
        }
    }
    for proof in &requirement.metrics {
        if proof.names.is_empty() {
            tell(".metrics", &format!("`{}` names no metric", proof.shows));
        }
    }
    let parts = requirement.parts();
    if parts.iter().any(|part| part.trim().is_empty()) {
        tell("", "a part has no words for what it shows");
    }
    if (1..parts.len()).any(|at| parts.get(..at).is_some_and(|before| before.contains(&parts[at]))) {
        tell("", "two parts show the same");
    }
    faults
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
