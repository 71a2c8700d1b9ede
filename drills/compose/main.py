"""Runs what drills/compose/run was asked for."""

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import development
import planted
import production
from document import read, variables
from policy import findings
from stack import REPO
from world import World

TOOLS = Path(sys.executable).parent
FILES = ["docker-compose.yml", "docker-compose.production.yml"]


def linted():
    """Schema of the Compose files, and hadolint on the Dockerfiles."""
    for name in FILES:
        subprocess.run([TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", REPO / name], check=True)
    files = sorted((REPO / "infra/docker").glob("*.Dockerfile"))
    subprocess.run([TOOLS / "hadolint", "--failure-threshold", "style", *files], check=True)
    print(f"ok     {len(FILES)} Compose files fit the schema")
    print(f"ok     hadolint has nothing to say about {len(files)} Dockerfiles")
    planted.check_images({path.name: path.read_text() for path in files}, "api.Dockerfile")


def main():
    # Who is told to end takes down what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = argparse.ArgumentParser()
    options.add_argument("--program", required=True)
    options.add_argument("--full", action="store_true")
    options.add_argument("--static", action="store_true")
    asked = options.parse_args()
    linted()
    known = variables(REPO / ".env.docker")
    planted.check(read(REPO / "docker-compose.production.yml", known))
    loose = findings(read(REPO / "docker-compose.yml", known), production=False)
    assert not loose, "\n".join(loose)
    if asked.static:
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        subprocess.run([REPO / "infra/docker/secrets.sh", f"{folder}/secrets"], check=True)
        known |= {"SECRETS": f"{folder}/secrets", "MAIL_HOOK_URL": "https://letters.example/", "DOMAIN": "agents.example.org"}
        document = read(REPO / "docker-compose.production.yml", known)
        production.story(asked.program, document, World(folder, known["DOMAIN"]), known, asked.full)
    if asked.full:
        with tempfile.TemporaryDirectory() as folder:
            development.story(asked.program, read(REPO / "docker-compose.yml", known), World(folder, "development.example"))


main()
