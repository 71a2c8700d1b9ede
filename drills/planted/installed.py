"""Faults in an installation that the real program has made and used: the program itself has to name them."""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import urllib.request

import page

KEY = "planted-0123456789abcdef0123456789abcdef"
STEPS = 40


class Place:
    """An installation with a history, backups of it, and the files that are given to it."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def at(self, name):
        return str(self.folder / name)

    def backup(self, verb, data="data"):
        return ["backup", verb, "--data", self.at(data), "--folder", self.at("backups"), "--key-file", self.at("backup.key")]

    def run(self, words):
        return subprocess.run([self.program, *words], cwd=self.folder, capture_output=True, text=True, timeout=60)

    def secret(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)

    def make(self):
        """A model, an agent, steps, a key; then a backup."""
        self.secret("token", KEY)
        self.secret("backup.key", "5e" * 32)
        self.secret("other.key", "77" * 32)
        words = ["--output", "json", "serve", "--data", self.at("data"), "--bootstrap-token-file", self.at("token")]
        words += ["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--set", "telemetry.access_log=none"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        server = subprocess.Popen([self.program, *words], cwd=self.folder, **pipes)
        try:
            address = json.loads(server.stdout.readline())["address"]

            def post(path, body, media="application/json"):
                headers = {"Authorization": f"Bearer {KEY}", "Content-Type": media}
                text = body if isinstance(body, str) else json.dumps(body)
                request = urllib.request.Request(f"http://{address}{path}", text.encode(), headers)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)

            post("/api/v1/models", (self.folder / "watchdog.yaml").read_text(), "application/yaml")
            post("/api/v1/agents", {"id": "web-1", "model": "watchdog"})
            for number in range(STEPS):
                post("/api/v1/agents/web-1/steps", {"observation": {"check": 40 if number % 9 else 5000}})
            for number in range(8):
                post("/api/v1/keys", {"name": f"reader {number}", "permissions": ["agents:read"]})
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(30)
        assert code == 0, f"the server ended with {code}"
        made = self.run(self.backup("create"))
        assert made.returncode == 0, made.stdout + made.stderr

    def sql(self, *statements):
        with sqlite3.connect(self.at("data/freeagentics.db")) as database:
            for statement in statements:
                changed = database.execute(statement).rowcount
                assert changed > 0, f"nothing is changed by {statement}"
        database.close()

    def chunk(self):
        return max(pathlib.Path(self.at("backups/chunks")).rglob("0*"))

    def manifest(self):
        return next(pathlib.Path(self.at("backups/manifests")).glob("*.json"))


def flipped(place):
    file = place.chunk()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut(place):
    file = place.chunk()
    file.write_bytes(file.read_bytes()[:-1])


def rewritten(place):
    file = place.manifest()
    text = file.read_text()
    assert '"number":1' in text
    file.write_text(text.replace('"number":1', '"number":7', 1))


def overwritten(place):
    file = pathlib.Path(place.at("data/freeagentics.db"))
    with file.open("r+b") as database:
        database.seek(4096)
        database.write(b"\x5a" * 4096)


def written(name, text):
    return lambda place: (place.folder / name).write_text(text)


def replaced(name, old, new):
    def plant(place):
        file = place.folder / name
        text = file.read_text()
        assert old in text, f"{name} does not say {old!r}"
        file.write_text(text.replace(old, new, 1))

    return plant


def sql(*statements):
    return lambda place: place.sql(*statements)


def serve(*more):
    return lambda place: ["serve", "--data", place.at("data"), "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", *more]


def on_data(*words):
    return lambda place: [*words, "--data", place.at("data")]


def doctor(place):
    return ["doctor", "--data", place.at("data"), "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]


VERIFY = lambda place: place.backup("verify")

# What is planted, whose proof finds it, how, by what command, and what has to be said.
FAULTS = [
    ("a flipped bit in a backup", "F4", flipped, VERIFY, r"chunk \d+ of backup .* was altered"),
    ("a backup that is a byte too short", "F4", cut, VERIFY, r"has \d+ bytes instead of \d+"),
    ("a part of a backup that is gone", "F4", lambda place: place.chunk().unlink(), VERIFY, r"chunk \d+ of backup .* is missing"),
    ("a backup that says another number of itself", "F4", rewritten,
     VERIFY, r"manifest of backup .* was cut or altered"),
    ("a backup restored with another key", "F1", lambda place: shutil.copy(place.at("other.key"), place.at("backup.key")),
     lambda place: place.backup("restore", data="elsewhere"), r"signed with another backup key"),
    ("a backup restored over an installation", "F1", lambda place: None, lambda place: place.backup("restore"), r"not empty"),
    ("a step in the log that was changed", "A4",
     sql("UPDATE events SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE seq = 20"), on_data("replay", "--verify"), r"\b20\b"),
    ("a step in the log that was removed", "A4", sql("DELETE FROM events WHERE seq = 20"), on_data("replay", "--verify"), r"\b(19|20|21)\b"),
    ("an entry of the record that says another name", "D8", sql("UPDATE audit_entries SET principal = 'eve' WHERE seq = 5"),
     on_data("audit", "verify"), r"\b5\b"),
    ("an entry of the record that is gone", "D8", sql("DELETE FROM audit_entries WHERE seq = 5"), on_data("audit", "verify"), r"\b5\b"),
    ("a migration that was passed over", "C3", sql("DELETE FROM schema_versions WHERE component = 'identity' AND version = 2"),
     serve(), r"migration 2 of `identity` was passed over"),
    ("a migration that was edited after it was applied", "C3",
     sql("UPDATE schema_versions SET fingerprint = 1 WHERE component = 'audit' AND version = 1"), serve(), r"migration 1 of `audit` was edited"),
    ("a page of the database that was overwritten", "C3", overwritten, doctor, r"wrong +database .*(damaged|malformed)"),
    ("a data folder that others may open", "B5", lambda place: os.chmod(place.at("data"), 0o777), doctor, r"others on this machine may open"),
    ("a setting that nobody knows", "B5", written("wrong.toml", "[server]\nlisten_on = \"127.0.0.1:0\"\n"),
     serve("--config", "wrong.toml"), r"listen_on"),
    ("a server beyond loopback in the clear", "D7", lambda place: None, serve("--listen", "0.0.0.0:0"), r"(tls|TLS|proxy)"),
    ("a model whose odds do not sum to one", "A2",
     replaced("watchdog.yaml", "{ ok: .97, slow: .025, fail: .005 }", "{ ok: .97, slow: .025, fail: .05 }"), lambda place: ["check", "watchdog.yaml"], r"1\.045"),
    ("a model that does not do what it promises", "A2", replaced("watchdog.yaml", "then: { action: probe }", "then: { action: restart }"),
     lambda place: ["test", "watchdog.yaml"], r"(?i)fail"),
]


class Fault:
    """A fault in a copy of the installation."""

    slow = False
    made = None

    def __init__(self, program, what, row, plant, command, says):
        self.program, self.what, self.row, self.plant, self.command = program, what, row, plant, command
        self.about = {"says": says}
        self.digest = page.digest(what, row, says)
        self.by = "freeagentics " + " ".join(word for word in command(Place(program, ".")) if not word.startswith(("/", ".")))

    def found(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "place"
            shutil.copytree(Fault.made.folder, copy)
            place = Place(self.program, copy)
            self.plant(place)
            try:
                done = place.run(self.command(place))
            except subprocess.TimeoutExpired as error:
                return False, f"it goes on: {error.stdout}{error.stderr}"
            return done.returncode != 0, done.stdout + done.stderr


def faults(root):
    return [Fault(root / "target/debug/freeagentics", *fault) for fault in FAULTS]


def make(chosen):
    """The installation that faults are planted into; none of what is to find them finds anything in it."""
    chosen = [fault for fault in chosen if isinstance(fault, Fault)]
    if not chosen:
        return
    program = chosen[0].program
    Fault.made = Place(program, tempfile.mkdtemp())
    shutil.copy(program.parents[2] / "models/watchdog.yaml", Fault.made.folder)
    Fault.made.make()
    place = Fault.made
    asked = [command(place) for command in (VERIFY, on_data("replay", "--verify"), on_data("audit", "verify"), doctor)]
    for words in [*asked, ["check", "watchdog.yaml"], ["test", "watchdog.yaml"]]:
        done = place.run(words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"


def end():
    if Fault.made:
        shutil.rmtree(Fault.made.folder)
