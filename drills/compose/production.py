"""The production stack, from the first start to the last: what people, operators and attackers meet."""

import json
import re
import time
from pathlib import Path

import operated
from stack import REPO, Stack

MODEL = (REPO / "models/watchdog.yaml").read_text()
PASSWORD = "a long walk over nine hills"


class Person:
    """Somebody out there, with or without a credential."""

    def __init__(self, world, credential=None):
        self.world, self.credential = world, credential

    def ask(self, method, path, body=None, media="application/json", headers=(), expect=(200, 201)):
        words = ["--request", method, f"https://{self.world.domain}:3000{path}", "--write-out", "\n%{http_code}"]
        words += ["--header", f"Authorization: Bearer {self.credential}"] if self.credential else []
        for header in headers:
            words += ["--header", header]
        if body is not None:
            text = body if isinstance(body, str) else json.dumps(body)
            words += ["--header", f"Content-Type: {media}", "--data-binary", text]
        code, said = self.world.curl(*words)
        assert code == 0, f"{method} {path}: curl ended with {code}"
        text, status = said.rsplit("\n", 1)
        assert int(status) in expect, f"{method} {path}: {status} {text}"
        return json.loads(text) if text.startswith(("{", "[")) else text


def story(program, document, world, known, full):
    stack = Stack(document, program, world)
    try:
        stack.start()
        print(f"not started, for there is no package of it: {', '.join(stack.absent)}")
        confined(stack)
        isolated(stack, world)
        encrypted(stack, world)
        admin = Person(world, secret(document, "bootstrap_token"))
        worked_with(stack, world, admin)
        signed_in(world, admin)
        watched(stack, world)
        if full:
            lost(stack, world, admin)
        restarted(stack, admin)
        operated.story(stack, world, known)
        stack.stop()
    finally:
        stack.end()


def secret(document, name):
    return (REPO / document["secrets"][name]["file"]).read_text().strip()


def confined(stack):
    """Every process that stays is the first one in its place, nobody's root, and can change nothing but its volumes."""
    for name, service in stack.services.items():
        if service.process.poll() is not None:
            continue
        status = Path(f"/proc/{service.first()}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert fields["NSpid"].split()[-1] == "1", f"{name} is not the first process"
        assert set(fields["Uid"].split()) == {str(service.user)} and service.user, f"{name}: {fields['Uid']}"
        assert int(fields["CapEff"], 16) == 0 and fields["NoNewPrivs"] == "1", f"{name} has rights: {fields['CapEff']}"
        mounts = Path(f"/proc/{service.first()}/mountinfo").read_text().splitlines()
        roots = [line.split()[5] for line in mounts if line.split()[4] == "/"]
        assert roots and all("ro" in options.split(",") for options in roots), f"{name}: its root can be written to"
    refused = stack.services["frontend"].run("touch", "/etc/nginx/new", check=False)
    assert "Read-only file system" in refused.stderr, refused
    print(f"ok     {len(stack.services)} services: first process, own user, no rights, read-only root")


def isolated(stack, world):
    """Who reaches whom."""
    at = stack.hosts.address
    postgres, redis, api = at("data", "postgres"), at("data", "redis"), at("backend", "api")
    namespace = {name: service.namespace for name, service in stack.services.items()}
    assert world.reaches(namespace["api"], postgres, 5432) and world.reaches(namespace["api"], redis, 6379)
    assert world.reaches(namespace["frontend"], api, 8080)
    for who, address, port in [
        ("frontend", postgres, 5432),
        ("frontend", redis, 6379),
        ("prometheus", postgres, 5432),
        ("postgres", at("outside", "world"), 443),
        ("redis", at("outside", "world"), 443),
        ("frontend", at("outside", "world"), 443),
        ("blackbox-exporter", redis, 6379),
    ]:
        assert not world.reaches(namespace[who], address, port), f"{who} reaches {address}:{port}"
    for address, port in [(postgres, 5432), (redis, 6379), (api, 8080)]:
        assert not world.reaches(world.namespace, address, port), f"the world reaches {address}:{port}"
    clear = ["/usr/bin/psql", "host=postgres user=freeagentics dbname=freeagentics sslmode=disable", "--command", "SELECT 1"]
    refused = stack.services["postgres"].run(*clear, check=False)
    assert "no encryption" in refused.stderr, f"PostgreSQL is spoken to in the clear: {refused}"
    refused = stack.services["redis"].run("redis-cli", "ping", check=False)
    assert "PONG" not in refused.stdout and "NOAUTH" not in refused.stdout, f"Redis is spoken to in the clear: {refused}"
    refused = stack.services["redis"].run("redis-cli", "--tls", "--cacert", "/certificates/ca.pem", "ping", check=False)
    assert "NOAUTH" in refused.stdout, refused
    print("ok     stores are reached by the API and who watches, over TLS and with a password, and reach nobody")


def encrypted(stack, world):
    """What the edge speaks."""
    url = f"https://{world.domain}:3000/health/ready"
    code, said = world.curl("--tlsv1.3", "--include", url)
    assert code == 0 and "strict-transport-security: max-age=" in said.lower(), said
    assert world.curl("--tls-max", "1.2", url)[0] != 0, "the edge speaks TLS 1.2"
    # The system's authorities do not know this one.
    assert world.curl("--capath", "/etc/ssl/certs", "--cacert", "/etc/ssl/certs/ca-certificates.crt", url)[0] == 60
    code, said = world.curl("--include", f"http://{world.domain}:3080/x?y=1")
    assert f"location: https://{world.domain}/x?y=1" in said.lower() and " 308 " in said, said
    print("ok     the edge speaks TLS 1.3 and nothing older; what comes in the clear is led there")


def worked_with(stack, world, admin):
    """A model, an agent, a step, and the step as it is told live."""
    admin.ask("POST", "/api/v1/models", MODEL, media="application/yaml")
    admin.ask("POST", "/api/v1/agents", {"id": "web-1", "model": "watchdog"})
    step = admin.ask("POST", "/api/v1/agents/web-1/steps", {"observation": {"check": 5000}})
    assert step["step"] == 1 and step["action"], step
    url = f"https://{world.domain}:3000/api/v1/agents/web-1/events"
    began = time.monotonic()
    words = ["--max-time", "5", "--no-buffer", "--header", f"Authorization: Bearer {admin.credential}", "--header", "Last-Event-ID: 0"]
    _, streamed = world.curl(*words, url)
    assert "event: " in streamed and time.monotonic() - began < 20, streamed
    spoofed = Person(world, "fa_wrong").ask("GET", "/api/v1/agents", headers=["X-Forwarded-For: 203.0.113.9"], expect=(401,))
    assert spoofed["code"], spoofed
    log = stack.services["api"].log.read_text()
    address = stack.hosts.address("edge", "world")
    assert address in log and "203.0.113.9" not in log, "the API does not know who asks"
    print(f"ok     model, agent, step, live events through the edge; the API knows that {address} asked")


def signed_in(world, admin):
    """Somebody is invited by letter, takes it up and signs in."""
    admin.ask("POST", "/api/v1/users", {"email": "ann@example.org", "name": "Ann", "roles": ["observer"]})
    letter = json.loads(world.wait_for("letters.example", "ann@example.org"))
    assert letter["link"].startswith(f"https://{world.domain}/"), letter
    ticket = re.search(r"[?#&/](?:ticket=)?([A-Za-z0-9_-]{20,})$", letter["link"]).group(1)
    stranger = Person(world)
    stranger.ask("POST", "/api/v1/tickets/accept", {"ticket": ticket, "password": PASSWORD}, expect=(200, 201, 204))
    entry = {"email": "ann@example.org", "password": PASSWORD}
    stranger.ask("POST", "/api/v1/sign-in", {**entry, "password": "not it at all"}, expect=(401,))
    ann = Person(world, stranger.ask("POST", "/api/v1/sign-in", entry)["access_token"])
    assert ann.ask("GET", "/api/v1/agents")
    ann.ask("POST", "/api/v1/agents/web-1/steps", {"observation": {"check": 1}}, expect=(403,))
    print("ok     invited by letter, signed in with a password, and may what an observer may")


def watched(stack, world):
    """Prometheus sees everybody; Alertmanager tells."""
    for _ in range(60):
        found = query(stack, "up")
        jobs = {one["metric"]["job"]: one["value"][1] for one in found}
        if len(jobs) >= 9 and set(jobs.values()) == {"1"}:
            break
        time.sleep(2)
    assert len(jobs) >= 9 and set(jobs.values()) == {"1"}, jobs
    probes = {one["metric"]["job"]: one["value"][1] for one in query(stack, "probe_success")}
    assert probes == {"probe-ready": "1", "probe-edge": "1"}, probes
    assert query(stack, "rate(freeagentics_steps_total[10m]) or freeagentics_steps_total")
    assert query(stack, "pg_up == 1") and query(stack, "redis_up == 1") and query(stack, "nginx_up == 1")
    world.wait_for("watchdog.example", "Watchdog")
    print(f"ok     {len(jobs)} jobs are scraped, both probes succeed, and the watchdog's alert has arrived")


def query(stack, expression):
    words = ["curl", "--silent", "--get", "--data-urlencode", f"query={expression}", "http://127.0.0.1:9090/api/v1/query"]
    return json.loads(stack.services["prometheus"].run(*words).stdout)["data"]["result"]


def lost(stack, world, admin):
    """Redis falls: work goes on, and who is on call is told, with all the patience of the committed rules."""
    began = time.monotonic()
    stack.services["redis"].kill()
    admin.ask("POST", "/api/v1/agents/web-1/steps", {"observation": {"check": 40}})
    world.wait_for("events.pagerduty.com", "RedisDown", within=300)
    world.wait_for("chat.example", "RedisDown")
    print(f"ok     Redis is killed: steps go on, and pager and chat are told after {time.monotonic() - began:.0f} s")
    stack.start_one("redis")


def restarted(stack, admin):
    """The API ends as it should, and what it acknowledged is there afterwards."""
    before = admin.ask("POST", "/api/v1/agents/web-1/steps", {"observation": {"check": 41}})["step"]
    code, took = stack.services["api"].stop()
    grace = stack.services["api"].definition["stop_grace_period"]
    assert code == 0 and took < float(grace.rstrip("s")), f"the API ended with {code} after {took:.1f} s"
    admin.ask("GET", "/api/v1/agents", expect=(502, 504))
    for name in ("postgres", "api"):
        if name == "postgres":
            stack.services[name].stop()
        stack.start_one(name)
    after = admin.ask("POST", "/api/v1/agents/web-1/steps", {"observation": {"check": 42}})["step"]
    assert after == before + 1, (before, after)
    print(f"ok     SIGTERM to the first process: the API ended in {took:.1f} s; after a restart the next step is {after}")
