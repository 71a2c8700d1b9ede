"""What operators do, as it is written down: every command on the pages on operations, deployments that go well and that do not."""

import os
import re
import subprocess

from engine import Engine
from stack import REPO

PAGES = ["docs/PRODUCTION-DEPLOYMENT-CHECKLIST.md", "docs/PRODUCTION-OPERATIONS.md", "docs/operations/*.md"]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def story(stack, world, known):
    """Everything, on a stack that runs."""
    folder = stack.folder / "operator"
    folder.mkdir()
    engine = Engine(stack, folder)
    (folder / "env").write_text("".join(f"{name}={value}\n" for name, value in known.items()))
    address = stack.hosts.address("edge", "frontend")
    environment = {
        **engine.environment(),
        "ENV_FILE": str(folder / "env"),
        "DOMAIN": known["DOMAIN"],
        "EDGE": address,
        "GATE_PAUSE": "0.2",
        "PULL": "no",
        "NOTICE_URL": "",
    }
    try:
        deployed(stack, environment)
        read_and_done(stack, environment)
    finally:
        engine.end()


def run(environment, *command, text=None):
    """As an operator, in the repository."""
    return subprocess.run(command, cwd=REPO, env=environment, input=text, capture_output=True, text=True, timeout=400)


def version(stack):
    return stack.services["api"].definition["image"].rsplit(":", 1)[1]


def deployed(stack, environment):
    """A good version stays, a bad one does not, and without a backup nothing is touched."""
    before = version(stack)
    done = run(environment, "infra/release/deploy", "0.1.1")
    assert done.returncode == 0 and version(stack) == "0.1.1", done.stdout + done.stderr
    # Its program ends at once.
    done = run(environment, "infra/release/deploy", "broken")
    assert done.returncode == 1 and "going back to 0.1.1" in done.stdout, done.stdout + done.stderr
    assert "0.1.1 is in use again" in done.stdout and version(stack) == "0.1.1", done.stdout + done.stderr
    assert stack.services["api"].is_well() and stack.services["frontend"].is_well()
    place = stack.folder / "volumes" / "backups"
    owner = place.stat()
    os.chown(place, 0, 0)
    done = run(environment, "infra/release/deploy", "0.1.2")
    os.chown(place, owner.st_uid, owner.st_gid)
    assert done.returncode == 1 and "is not deployed" in done.stdout and version(stack) == "0.1.1", done.stdout
    print(f"ok     deployed {before} to 0.1.1 after a backup; a version that does not run was taken back; none without a backup")


def read_and_done(stack, environment):
    """Each block of commands of each page, in the order of the page."""
    pages = [page for pattern in PAGES for page in sorted(REPO.glob(pattern))]
    blocks = 0
    for page in pages:
        found = BLOCK.findall(page.read_text())
        assert found or page.name == "README.md", f"{page}: there is nothing to do on it"
        for block in found:
            lines = [line.strip() if line.startswith("   ") else line for line in block.splitlines()]
            script = "\n".join([SAID_ONCE, *lines])
            done = run(environment, "sh", "-eu", text=script)
            assert done.returncode == 0, f"{page.relative_to(REPO)}:\n{block}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            blocks += 1
        assert all(one.is_well() for name, one in stack.services.items() if name in ("api", "postgres", "redis", "frontend")), page
    assert blocks >= 15, blocks
    print(f"ok     {blocks} blocks of commands on {len(pages)} pages on operations were run")


# What the first block of PRODUCTION-OPERATIONS.md says once.
SAID_ONCE = 'export COMPOSE_FILE=docker-compose.production.yml COMPOSE_ENV_FILES="$ENV_FILE"'
