"""Compares what a project.yaml says with the files that are there: `compliance.py FOLDER... [--hosting SAVED.json]`."""

import json
import re
import sys
from pathlib import Path

import yaml

PINNED = re.compile(r"^(\./|docker://\S+@sha256:|[\w.-]+/[\w./-]+@[0-9a-f]{40}$)")
# Which kind of dependencies a file brings.
BRINGS = {
    "cargo": ["Cargo.lock"],
    "docker": ["*Dockerfile", "infra/**/*.Dockerfile"],
    "docker-compose": ["docker-compose*.yml"],
    "github-actions": [".github/workflows/*.yml"],
    "npm": ["package-lock.json", "*/package-lock.json"],
    "pip": ["requirements*.txt", "**/requirements*.txt"],
}
SKIPPED = {"target", "node_modules", ".cache", ".git"}


def load(path):
    return yaml.safe_load(path.read_text())


def has(folder, pattern):
    return any(not SKIPPED & set(path.relative_to(folder).parts) for path in folder.glob(pattern))


def files(folder, project):
    for name in project["files"]["required"]:
        path = folder / name
        if not path.is_file() or not path.read_text().strip():
            yield f"{name} is required and is not there, or is empty"
    hook = folder / ".githooks/pre-commit"
    if hook.is_file() and not hook.stat().st_mode & 0o111:
        yield ".githooks/pre-commit cannot be executed"


def owners(folder, project):
    path = folder / ".github/CODEOWNERS"
    lines = [line.split() for line in path.read_text().splitlines() if line and not line.startswith("#")] if path.is_file() else []
    if ["*", project["owners"]] not in lines:
        yield f"CODEOWNERS does not give everything to {project['owners']}"
    for pattern, *_ in lines:
        if pattern != "*" and not (folder / pattern.strip("/")).exists():
            yield f"CODEOWNERS names {pattern}, which is not there"


def updates(folder, project):
    path = folder / ".github/dependabot.yml"
    there = {one["package-ecosystem"] for one in load(path)["updates"]} if path.is_file() else set()
    declared = set(project["updates"])
    if there != declared:
        yield f"project.yaml has updates of {sorted(declared)}, dependabot.yml of {sorted(there)}"
    needed = {kind for kind, patterns in BRINGS.items() if any(has(folder, pattern) for pattern in patterns)}
    for kind in sorted(needed - declared):
        yield f"there are files of {kind}, and nobody updates what they name"


def workflows(folder, project):
    found = {path.name: load(path) for path in sorted((folder / ".github/workflows").glob("*.yml"))}
    for branch, rules in project["branches"].items():
        for check in rules["required_checks"]:
            jobs = found.get(check["workflow"], {}).get("jobs", {})
            if check["job"] not in jobs:
                yield f"{branch} requires {check['job']} of {check['workflow']}, which is no job there"
    for name, workflow in found.items():
        if workflow.get("permissions") not in ({}, {"contents": "read"}):
            yield f"{name} may do more than read"
        for job_name, job in workflow["jobs"].items():
            if "uses" not in job and "timeout-minutes" not in job:
                yield f"{name}: {job_name} may run for six hours"
            for step in [job, *job.get("steps", [])]:
                if "uses" in step and not PINNED.match(step["uses"]):
                    yield f"{name}: {step['uses']} is another one tomorrow"
                if step.get("uses", "").startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials") is not False:
                    yield f"{name}: {job_name} keeps the credential of the checkout"
                script = step.get("run", "")
                if re.search(r"\|\| *(true|:)", script) or re.match(r"\s*echo\b", script) or step.get("continue-on-error"):
                    yield f"{name}: {job_name} has a step that cannot fail"
    environments = {job["environment"] for one in found.values() for job in one["jobs"].values() if "environment" in job}
    named = {job.get("with", {}).get("environment") for one in found.values() for job in one["jobs"].values()} - {None}
    for environment in (named | {name for name in environments if "$" not in str(name)}) - set(project["environments"]):
        yield f"something is deployed to {environment}, which project.yaml does not know"


def hosting(project, saved):
    """What the hosting's API says of the branch (`/repos/…/branches/…/protection`) and the repository (`/repos/…`)."""
    for branch, rules in project["branches"].items():
        said = saved["branches"].get(branch)
        if said is None:
            yield f"{branch} is not protected"
            continue
        contexts = set(said["required_status_checks"]["contexts"])
        missing = {check["job"] for check in rules["required_checks"]} - contexts
        reviews = said.get("required_pull_request_reviews") or {}
        if missing:
            yield f"{branch} can be changed without {sorted(missing)}"
        if reviews.get("required_approving_review_count", 0) < rules["approvals"]:
            yield f"{branch} can be changed by one person alone"
        if bool(reviews.get("require_code_owner_reviews")) < rules["code_owner_approval"]:
            yield f"{branch} can be changed without its owners"
        for key, name in [("linear_history", "required_linear_history"), ("signed_commits", "required_signatures"),
                          ("applies_to_administrators", "enforce_admins")]:
            if rules[key] and not said.get(name, {}).get("enabled"):
                yield f"{branch}: {name} is off"
        if said.get("allow_force_pushes", {}).get("enabled") and not rules["force_push"]:
            yield f"the history of {branch} can be rewritten"
    analysis = saved["repository"].get("security_and_analysis", {})
    for key, name in [("secrets", "secret_scanning"), ("push_protection", "secret_scanning_push_protection")]:
        if project["scanning"][key] and analysis.get(name, {}).get("status") != "enabled":
            yield f"{name} is off"


def findings(folder, saved=None):
    """Everything in which a repository is not as its project.yaml says."""
    path = folder / "project.yaml"
    if not path.is_file():
        return ["there is no project.yaml"]
    project = load(path)
    found = [text for part in (files, owners, updates, workflows) for text in part(folder, project)]
    return found + (list(hosting(project, saved)) if saved else [])


def main(words):
    saved = None
    if "--hosting" in words:
        at = words.index("--hosting")
        saved = json.loads(Path(words[at + 1]).read_text())
        del words[at : at + 2]
    status = 0
    for folder in words:
        found = findings(Path(folder), saved)
        for text in found:
            print(f"{folder}: {text}")
        status |= bool(found)
        if not found:
            print(f"{folder}: as project.yaml says" + ("" if saved else "; what only the hosting knows was not asked"))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
