"""Plants faults into copies of a repository's own settings, each of which the compliance check has to find."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from compliance import findings

COPIED = ["project.yaml", ".github", ".githooks", ".secrets.baseline", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-APACHE",
          "LICENSE-MIT", "README.md", "SECURITY.md", "deny.toml", "infra", "drills", "Cargo.lock", "docker-compose.yml",
          "docker-compose.production.yml", "crates/axiomcore/src"]
PIPELINE = ".github/workflows/production-ci-cd.yml"
CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"

# A file, what is replaced in it by what, and what has to be said.
FAULTS = [
    (PIPELINE, CHECKOUT, "actions/checkout@v4", "is another one tomorrow"),
    (PIPELINE, "permissions:\n  contents: read", "permissions: write-all", "may do more than read"),
    (PIPELINE, "run: infra/release/scan", "run: infra/release/scan || true", "a step that cannot fail"),
    (PIPELINE, "run: .ci/run", "run: echo tested", "a step that cannot fail"),
    (PIPELINE, "    timeout-minutes: 15\n", "", "may run for six hours"),
    (PIPELINE, "\n  security:\n", "\n  safety:\n", "main requires security"),
    (PIPELINE, "environment: production", "environment: elsewhere", "which project.yaml does not know"),
    (PIPELINE, "persist-credentials: false", "persist-credentials: true", "keeps the credential of the checkout"),
    (".github/dependabot.yml", "package-ecosystem: cargo", "package-ecosystem: gomod", "project.yaml has updates of"),
    (".github/CODEOWNERS", "*                       @freeagentics/maintainers", "", "does not give everything to"),
    (".github/CODEOWNERS", "/deny.toml", "/dny.toml", "names /dny.toml, which is not there"),
    ("project.yaml", "updates: [cargo, docker,", "updates: [docker,", "nobody updates what they name"),
    ("SECURITY.md", None, "", "SECURITY.md is required"),
]
OFF = {"enabled": False}
HOSTING = {
    "branches": {"main": {
        "required_status_checks": {"contexts": ["scan", "test"]},
        "required_pull_request_reviews": {"required_approving_review_count": 0, "require_code_owner_reviews": False},
        "required_linear_history": OFF, "required_signatures": OFF, "enforce_admins": OFF, "allow_force_pushes": {"enabled": True},
    }},
    "repository": {"security_and_analysis": {"secret_scanning": {"status": "disabled"}}},
}


def copy(root, folder):
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)


def main(root):
    root = Path(root)
    assert not findings(root), findings(root)
    for name, old, new, says in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            copy(root, Path(folder))
            assert not findings(Path(folder)), findings(Path(folder))
            path = Path(folder) / name
            text = path.read_text()
            assert old is None or old in text, f"{name} does not say {old!r}"
            path.write_text(new if old is None else text.replace(old, new))
            found = findings(Path(folder))
            assert any(says in one for one in found), f"{name}, {new!r}: not found; what is: {found}"
    found = findings(root, json.loads(json.dumps(HOSTING)))
    assert len(found) == 9, found
    # Another repository, which has none of all this.
    with tempfile.TemporaryDirectory() as folder:
        assert findings(Path(folder)) == ["there is no project.yaml"]
    print(f"ok     the compliance check finds {len(FAULTS)} planted faults, and {len(found)} on an unprotected hosting")


main(sys.argv[1])
