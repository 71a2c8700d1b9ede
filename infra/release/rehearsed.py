"""Runs the scripts that need a container engine, a registry or a signer with stand-ins that note what they are told:
`rehearsed.py ROOT`. What they would do to images is not shown; that they ask for the right things in the right order, stop where
something fails, and clean up, is."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DIGESTS = {"api": "sha256:" + "a1" * 32, "frontend": "sha256:" + "b2" * 32}
# A program that notes what it is told, and fails where it is asked to.
STANDIN = """#!/bin/sh
name=${0##*/}
{ printf '%s' "$name"; printf '\\t%s' "$@"; echo; } >>"$TOLD"
[ "$name" != sudo ] || exec "$@"
[ "$name" != cosign ] || cat >/dev/null
[ -z "$FAILING" ] || case "$name $*" in *"$FAILING"*) exit 1 ;; esac
for word in "$@"; do
  [ "${before:-}" != --metadata-file ] || case "$word" in
    api.json) echo "{\\"containerimage.digest\\": \\"$API\\"}" >"$word" ;;
    *) echo "{\\"containerimage.digest\\": \\"$FRONTEND\\"}" >"$word" ;;
  esac
  before=$word
done
"""


class Rehearsal:
    """A copy of the scripts, and stand-ins before everything else."""

    def __init__(self, root, folder):
        self.folder = Path(folder) / "here"
        self.folder.mkdir()
        for name in ["infra", "docker-compose.production.yml", ".env.docker"]:
            source = root / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.folder / name)
        self.programs, self.told = Path(folder) / "bin", Path(folder) / "told"
        # Where scripts make temporary folders.
        self.scratch = Path(folder) / "scratch"
        self.programs.mkdir()
        self.scratch.mkdir()
        for name in ["docker", "cosign", "sudo", "curl", "sleep"]:
            (self.programs / name).write_text(STANDIN)
            (self.programs / name).chmod(0o755)

    def run(self, script, *words, failing="", digests=DIGESTS):
        """How it ends, and what others were told."""
        self.told.write_text("")
        environment = os.environ | {
            "PATH": f"{self.programs}:{os.environ['PATH']}", "TOLD": str(self.told), "FAILING": failing,
            "API": digests.get("api", ""), "FRONTEND": digests.get("frontend", ""), "REGISTRY": "registry.example/fa", "NOTICE_URL": "", "TMPDIR": str(self.scratch),
        }
        command = [self.folder / "infra/release" / script, *words]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        return done.returncode, [line.split("\t") for line in self.told.read_text().splitlines()], done.stdout + done.stderr


def has(told, *words):
    return any(all(word in " ".join(one) for word in words) for one in told)


def built(stage):
    code, told, said = stage.run("build", "1.2.3")
    assert code == 0, said
    images = (stage.folder / "images.txt").read_text().splitlines()
    assert images == [f"registry.example/fa/{name}@{digest}" for name, digest in DIGESTS.items()], images
    for name in DIGESTS:
        assert has(told, "buildx build", f"infra/docker/{name}.Dockerfile", f"{name}:1.2.3", "--provenance mode=max", "--sbom true"), told
    code, _, said = stage.run("build", "1.2.3", digests={"api": DIGESTS["api"]})
    assert code and "nobody says what digest registry.example/fa/frontend:1.2.3 has" in said, said
    code, told, _ = stage.run("build", "1.2.3", failing="api.Dockerfile")
    assert code and not has(told, "frontend.Dockerfile"), told
    print("ok     build: both images, with provenance and bill of materials, by their digests; none without one")


def signed(stage):
    stage.run("build", "1.2.3")
    code, told, said = stage.run("sign", "1.2.3", "sbom.json")
    assert code == 0, said
    for name, digest in DIGESTS.items():
        image = f"registry.example/fa/{name}@{digest}"
        assert has(told, "cosign sign", "version=1.2.3", image) and has(told, "cosign attest", "cyclonedx", "sbom.json", image), told
    code, told, _ = stage.run("sign", "1.2.3", "sbom.json", failing="sign --yes")
    assert code and len(told) == 1, "it goes on after a signature that failed"
    print("ok     sign: each digest is signed, and what is in it said under signature; a signature that fails ends it")


def integrated(stage):
    code, told, said = stage.run("integration", "1.2.3")
    assert code == 0, said
    words = [" ".join(one) for one in told]
    first = {name: next(at for at, line in enumerate(words) if name in line) for name in ["up --detach", "health", "down --volumes"]}
    assert first["up --detach"] < first["health"] < first["down --volumes"], words
    for failing in ["up --detach", "health", "frontend curl"]:
        code, told, _ = stage.run("integration", "1.2.3", failing=failing)
        assert code and has(told, "down --volumes"), f"{failing} fails, and it {'goes on' if not code else 'leaves the stack there'}"
    _, told, _ = stage.run("integration", "1.2.3", failing="logs")
    assert has(told, "down --volumes"), "where there are no logs the stack stays there"
    left = list(stage.scratch.iterdir())
    assert not left, f"secrets are left in {left}"
    print("ok     integration: up, healthy through the edge, down again whatever fails; no secret is left")


def main(root):
    with tempfile.TemporaryDirectory() as folder:
        stage = Rehearsal(Path(root), folder)
        built(stage)
        signed(stage)
        integrated(stage)


main(sys.argv[1])
