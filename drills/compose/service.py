"""A service as the engine would run it: its own file system, read-only; its own processes; its own user, without rights."""

import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import images
from document import seconds

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEVICES = ("null", "zero", "full", "random", "urandom")


class Service:
    """One service of a Compose file."""

    def __init__(self, name, definition, namespace, folder):
        self.name, self.definition, self.namespace = name, definition, namespace
        self.root, self.log = folder / "roots" / name, folder / "logs" / f"{name}.log"
        self.mounts, self.bound, self.process, self.pid = [], [], None, None
        self.user, self.group = (int(part) for part in definition["user"].split(":"))
        self.log.parent.mkdir(exist_ok=True)

    def command(self):
        """What runs as the first process."""
        image = images.kind(self.definition["image"])
        program = self.definition.get("entrypoint") or images.PROGRAMS[image]
        default = ["postgres"] if image == "postgres" else images.COMMANDS.get(image, [])
        return [*program, *(self.definition.get("command") or default)]

    def environment(self):
        """Its variables, and nothing of ours."""
        given = {name: str(value) for name, value in self.definition.get("environment", {}).items()}
        return {"PATH": PATH, "HOME": "/", **given}

    def script(self):
        """Prepares the file system, then becomes the service."""
        root = shlex.quote(str(self.root))
        lines = ["set -eu", "mount --make-rprivate /", f"mount --bind {root} {root}"]
        lines += [f"mount --bind {shlex.quote(source)} {root}{target}" for source, target in self.bound]
        lines += [f"mount -o remount,bind,ro {root}{target}" for _, target in self.bound]
        lines.append(f"mount -t proc proc {root}/proc")
        lines.append(f"mount -t tmpfs -o mode=755,size=64k dev {root}/dev")
        for device in DEVICES:
            lines.append(f"touch {root}/dev/{device} && mount --bind /dev/{device} {root}/dev/{device}")
        for at, stream in enumerate(("stdin", "stdout", "stderr")):
            lines.append(f"ln -s /proc/self/fd/{at} {root}/dev/{stream}")
        lines.append(f"ln -s /proc/self/fd {root}/dev/fd && mkdir {root}/dev/shm")
        lines.append(f"mount -t tmpfs -o mode=1777,size={self.definition.get('shm_size', '64m')} shm {root}/dev/shm")
        for how, source, target, options in self.mounts:
            place = f"{root}{shlex.quote(target)}"
            if how == "tmpfs":
                lines.append(f"mount -t tmpfs -o {options} tmpfs {place}")
            else:
                lines.append(f"mount --bind {shlex.quote(str(source))} {place}")
                lines += [f"mount -o remount,bind,ro {place}"] * ("ro" in options.split(","))
        lines += [f"mount -o remount,bind,ro {root}", "cd /", self.becoming(root)]
        return "\n".join(lines) + "\n"

    def becoming(self, root):
        words = " ".join(shlex.quote(word) for word in self.command())
        variables = " ".join(shlex.quote(f"{name}={value}") for name, value in self.environment().items())
        if self.user:
            confined = f"setpriv --no-new-privs chroot --userspec={self.user}:{self.group} --groups= {root}"
        else:
            kept = "".join(f",+{name.lower()}" for name in self.definition.get("cap_add", []))
            confined = f"chroot {root} setpriv --no-new-privs --inh-caps=-all --bounding-set=-all{kept}"
        return f"exec env -i {variables} {confined} {words}"

    def start(self):
        """Starts it; it is not well yet."""
        script = self.root.with_suffix(".sh")
        script.write_text(self.script())
        log = self.log.open("ab")
        # As engines do, so that a program can open its own output by name.
        os.fchown(log.fileno(), self.user, self.group)
        words = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", str(script)]
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        self.pid = None

    def first(self):
        """The process that is the first one inside, by its number outside."""
        outer = self.process.pid
        while self.pid is None:
            assert self.process.poll() is None, f"{self.name} ended:\n{self.tail()}"
            children = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
            if children:
                self.pid = int(children[0])
            else:
                time.sleep(0.02)
        return self.pid

    def is_running(self):
        """Whether its first process is there."""
        return self.process is not None and self.process.poll() is None

    def way_in(self):
        """How `nsenter` gets inside, as its user."""
        words = ["--target", str(self.first()), "--mount", "--pid", "--net", "--ipc", "--uts", "--root", "--wd"]
        return [*words, "--setuid", str(self.user), "--setgid", str(self.group)]

    def run(self, *command, check=True):
        """Runs a command inside, as its user."""
        done = subprocess.run(["nsenter", *self.way_in(), *command], env=self.environment(), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 or not check, f"{self.name}: {command}: {done.stderr}{done.stdout}"
        return done

    def is_well(self):
        """What its own health check says."""
        kind, *words = self.definition["healthcheck"]["test"]
        words = ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else words
        return self.run(*words, check=False).returncode == 0

    def wait_until_well(self):
        """As an engine would, with three times its patience: this machine does other things too."""
        check = self.definition.get("healthcheck", {"disable": True})
        if check.get("disable"):
            self.wait_until_itself()
            return
        patience = seconds(check.get("start_period", "0s")) + (check["retries"] + 1) * seconds(check["interval"])
        for _ in range(int(3 * patience / 0.5)):
            assert self.is_running(), f"{self.name} has ended:\n{self.tail()}"
            if self.is_well():
                return
            time.sleep(0.5)
        raise AssertionError(f"{self.name} is not well:\n{self.tail()}")

    def wait_until_itself(self):
        """Until its file system is prepared and it has become its user."""
        for _ in range(500):
            if f"Uid:\t{self.user}\t" in Path(f"/proc/{self.first()}/status").read_text():
                return
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not begin:\n{self.tail()}")

    def wait_until_done(self):
        """For what runs once."""
        code = self.process.wait(timeout=120)
        assert code == 0, f"{self.name} ended with {code}:\n{self.tail()}"

    def stop(self):
        """Asks it to end as the engine would, and tells with what code it did and how long that took."""
        name = self.definition.get("stop_signal", "SIGTERM")
        grace = seconds(self.definition.get("stop_grace_period", "10s"))
        began = time.monotonic()
        os.kill(self.first(), signal.Signals[name])
        code = self.process.wait(timeout=3 * grace)
        return code, time.monotonic() - began

    def kill(self):
        """Ends it as a crash would."""
        if self.process and self.process.poll() is None:
            os.kill(self.first(), signal.SIGKILL)
            self.process.wait(timeout=20)

    def tail(self):
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]
