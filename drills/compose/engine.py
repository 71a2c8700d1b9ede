"""Does to a running stack what `docker compose` would, for whoever says it through the program beside this file."""

import json
import os
import shutil
import socketserver
import threading
import traceback

from document import read, variables, waits_for
from service import Service
from stack import HERE, REPO


class Engine:
    """Listens on a socket in a folder."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        engine = self

        class Taking(socketserver.StreamRequestHandler):
            def handle(self):
                said = engine.answer(json.loads(self.rfile.readline()))
                self.wfile.write(json.dumps(said).encode() + b"\n")

        self.server = socketserver.ThreadingUnixStreamServer(str(folder / "socket"), Taking)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        programs = folder / "programs"
        programs.mkdir()
        shutil.copy(HERE / "docker", programs / "docker")
        self.tell()

    def environment(self):
        """What a shell needs to speak to it."""
        path = f"{self.folder}/programs:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "COMPOSE_SOCKET": f"{self.folder}/socket", "COMPOSE_STATE": f"{self.folder}/state"}

    def tell(self):
        """Where services are, for `exec`."""
        state = {}
        for name, service in self.stack.services.items():
            if service.is_running():
                state[name] = {"enter": service.way_in(), "environment": service.environment()}
        (self.folder / "state").write_text(json.dumps(state))

    def answer(self, asked):
        try:
            out = getattr(self, asked["command"].replace("-", "_"))(asked)
            code = 0
        except Exception:
            out, code = traceback.format_exc(), 1
        self.tell()
        return {"out": out or "", "code": code}

    def names(self, asked):
        """The services that are named, or all, in order."""
        named = [word for word in asked["words"] if word in self.stack.services]
        return [name for name in self.stack.order if name in named or not named]

    def up(self, asked):
        """Starts what does not run, and anew what is to be another now; also what is bound to that."""
        document = read(REPO / "docker-compose.production.yml", variables(asked["env_file"]))
        anew = set()
        for name in self.names(asked):
            definition = document["services"][name]
            bound = [other for other, need in (definition.get("depends_on") or {}).items() if need.get("restart") and other in anew]
            service = self.stack.services[name]
            if definition == service.definition and service.is_running() and not bound:
                continue
            if definition.get("restart") == "no" and definition == service.definition:
                continue
            self.replace(name, definition)
            anew.add(name)
        return "".join(f"{name} is well\n" for name in sorted(anew))

    def replace(self, name, definition):
        old = self.stack.services[name]
        if old.is_running():
            old.stop()
        shutil.rmtree(old.root, ignore_errors=True)
        new = Service(name, definition, old.namespace, self.stack.folder)
        self.stack.services[name] = new
        self.stack.furnish(new)
        self.stack.start_one(name)

    def stop(self, asked):
        for name in reversed(self.names(asked)):
            if self.stack.services[name].is_running():
                self.stack.services[name].stop()

    def start(self, asked):
        for name in self.names(asked):
            service = self.stack.services[name]
            if not service.is_running() and service.definition.get("restart") != "no":
                self.stack.start_one(name)

    def restart(self, asked):
        self.stop(asked)
        self.start(asked)

    def ps(self, asked):
        lines = []
        for name in self.names(asked):
            service = self.stack.services[name]
            state = "healthy" if service.is_running() else "exited"
            lines.append(f"{name:20} {state:10} waits for {', '.join(waits_for(service.definition)) or 'nobody'}\n")
        return "".join(lines)

    def logs(self, asked):
        return "".join(self.stack.services[name].tail() for name in self.names(asked))

    def config(self, asked):
        read(REPO / "docker-compose.production.yml", variables(asked["env_file"]))

    def pull(self, asked):
        """Images are programs here."""

    def end(self):
        self.server.shutdown()
        self.server.server_close()
