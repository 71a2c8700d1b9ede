"""All services of a Compose file, started in the order that it asks for."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import images
from document import in_order, waits_for
from hosts import Hosts
from service import Service

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent


class Stack:
    """Services, their networks and volumes, in a folder that goes with them."""

    def __init__(self, document, program, world):
        self.folder = Path(tempfile.mkdtemp(prefix="compose-"))
        # Users of services pass through it to their own.
        self.folder.chmod(0o711)
        self.document, self.program, self.world = document, program, world
        absent = {name for name, one in document["services"].items() if images.kind(one["image"]) in images.ABSENT}
        self.absent = sorted(absent)
        definitions = {name: one for name, one in document["services"].items() if name not in absent}
        self.order = in_order(definitions)
        self.hosts = Hosts(document["networks"])
        self.services = {}
        for name in self.order:
            networks = self.networks(definitions[name])
            namespace = self.hosts.join(name, networks)
            self.services[name] = Service(name, definitions[name], namespace, self.folder)
        open_ones = {name: {} for name, network in document["networks"].items() if not (network or {}).get("internal")}
        world.join(self.hosts, open_ones, self.folder)
        for service in self.services.values():
            self.furnish(service)

    @staticmethod
    def networks(definition):
        given = definition.get("networks", {})
        return given if isinstance(given, dict) else dict.fromkeys(given)

    def furnish(self, service):
        """Its file system: what the image holds, and what the Compose file adds."""
        root, definition = service.root, service.definition
        if images.kind(definition["image"]) == "api":
            # An image of this version is one whose program ends at once.
            program = "/bin/false" if definition["image"].endswith(":broken") else self.program
            subprocess.run([REPO / "infra/docker/fileset.sh", program, root], check=True)
        root.mkdir(parents=True, exist_ok=True)
        service.bound = images.root(definition, root, REPO, HERE, self.world.certificate())
        (root / "etc/hosts").write_text(self.hosts.file(self.networks(definition)))
        for text in definition.get("volumes", []):
            source, target, *options = text.split(":")
            service.mounts.append(("bind", self.source(source, target, service), target, ",".join(options)))
        for name in definition.get("secrets", []):
            file = REPO / self.document["secrets"][name]["file"]
            service.mounts.append(("bind", file, f"/run/secrets/{name}", "ro"))
        for config in definition.get("configs", []):
            file = REPO / self.document["configs"][config["source"]]["file"]
            service.mounts.append(("bind", file, config["target"], "ro"))
        for text in definition.get("tmpfs", []):
            target, options = text.split(":")
            service.mounts.append(("tmpfs", None, target, options))
        # What is mounted below something that is mounted comes after it; places are made while the root can be written to.
        service.mounts.sort(key=lambda mount: mount[2])
        for _, source, target, _ in service.mounts:
            self.place(service, root / target.lstrip("/"), source, target)

    def place(self, service, path, source, target):
        if any(target.startswith(f"{above}/") for _, above in service.bound):
            raise AssertionError(f"{service.name}: nothing can be mounted at {target}")
        if source is None or Path(source).is_dir():
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def source(self, source, target, service):
        if source.startswith(("/", ".")):
            return (REPO / source).resolve()
        volume = self.folder / "volumes" / source
        if not volume.exists():
            volume.mkdir(parents=True)
        # A new volume has the owner that the folder has in the image.
        if target in images.OWNED.get(images.kind(service.definition["image"]), ()):
            os.chown(volume, service.user, service.group)
        return volume

    def start(self):
        """Each when those that it waits for are well."""
        for name in self.order:
            began = time.monotonic()
            self.start_one(name)
            print(f"{time.monotonic() - began:6.1f} s  {name}", flush=True)

    def start_one(self, name):
        service = self.services[name]
        for other, condition in waits_for(service.definition).items():
            if condition == "service_healthy":
                assert self.services[other].is_well(), f"{name} is to start, and {other} is not well"
        service.start()
        if service.definition.get("restart") == "no":
            service.wait_until_done()
        else:
            service.wait_until_well()

    def stop(self):
        """All of them, last ones first; each has to end by itself, in time and, exporters aside, well."""
        for name in reversed(self.order):
            service = self.services[name]
            if service.process and service.process.poll() is None:
                code, took = service.stop()
                print(f"{took:6.1f} s  {name} has ended with {code}", flush=True)
                assert code == 0 or name.endswith("exporter"), f"{name} has ended with {code}:\n{service.tail()}"

    def end(self):
        for service in self.services.values():
            service.kill()
        self.world.end()
        self.hosts.end()
        shutil.rmtree(self.folder, ignore_errors=True)
