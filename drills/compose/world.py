"""The world around a stack: people who come in at the edge, and services elsewhere that letters and alerts go to."""

import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Names that committed configurations speak to; here all of them lead to the sink.
NAMES = ["chat.example", "events.pagerduty.com", "watchdog.example", "letters.example"]


class World:
    """A host on every network that is open to the world."""

    def __init__(self, folder, domain):
        self.folder, self.domain, self.sink, self.namespace = Path(folder), domain, None, None
        self.certify()

    def certify(self):
        """An authority that the stack's services believe, and a certificate of it for all names."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        names = ",".join(f"DNS:{name}" for name in NAMES)
        (self.folder / "extensions").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        for words in [
            ["req", "-x509", *key, "-subj", "/CN=the world", "-days", "2", "-keyout", "authority.key", "-out", "authority.pem"],
            ["req", *key, "-subj", "/CN=sink", "-keyout", "world.key", "-out", "world.csr"],
            ["x509", "-req", "-in", "world.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"]
            + ["-days", "2", "-extfile", "extensions", "-out", "world.pem"],
        ]:
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def certificate(self):
        return (self.folder / "authority.pem").read_text()

    def join(self, hosts, networks, folder):
        self.hosts, self.stack = hosts, folder
        self.namespace = hosts.join("world", networks, NAMES)
        self.arrived = self.folder / "arrived"
        self.arrived.touch()
        words = [sys.executable, HERE / "sink.py", self.folder / "world.pem", self.folder / "world.key", self.arrived]
        self.sink = subprocess.Popen(["ip", "netns", "exec", self.namespace, *words])

    def received(self, place, *words):
        """What came to a place and says all of these."""
        lines = (json.loads(line) for line in self.arrived.read_text().splitlines())
        return [one["body"] for one in lines if one["place"] == place and all(word in one["body"] for word in words)]

    def wait_for(self, place, *words, within=60):
        for _ in range(within * 5):
            found = self.received(place, *words)
            if found:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"{words} did not arrive at {place}; what did:\n{self.arrived.read_text()[-3000:]}")

    def curl(self, *words, network="edge", host="frontend"):
        """Runs curl out there; names lead to the edge, and its authority is believed."""
        address = self.hosts.address(network, host)
        base = ["curl", "--silent", "--show-error", "--max-time", "30", "--noproxy", "*", "--connect-to", f"{self.domain}::{address}:"]
        authority = self.stack / "volumes/certificates-edge/ca.pem"
        base += ["--cacert", str(authority)] if authority.exists() else []
        done = subprocess.run(["ip", "netns", "exec", self.namespace, *base, *words], capture_output=True, text=True)
        return done.returncode, done.stdout

    def reaches(self, namespace, address, port):
        """Whether somebody can connect."""
        program = f"import socket; socket.create_connection(({address!r}, {port}), 2)"
        words = ["ip", "netns", "exec", namespace, sys.executable, "-c", program]
        return subprocess.run(words, capture_output=True).returncode == 0

    def end(self):
        if self.sink:
            self.sink.kill()
            self.sink.wait()
