"""What stands for an image: ours as their Dockerfiles make them, others by Debian's packages of the same programs."""

import shutil
from pathlib import Path

# The program that an image begins with, where the command in the Compose file does not name it.
PROGRAMS = {
    "api": ["/usr/local/bin/freeagentics"],
    "frontend": ["nginx", "-e", "stderr", "-g", "daemon off;", "-c"],
    "postgres": ["/usr/local/bin/postgres-image"],
    "redis": [],
    "prometheus": ["prometheus"],
    "alertmanager": ["prometheus-alertmanager"],
    "blackbox-exporter": ["prometheus-blackbox-exporter"],
    "node-exporter": ["prometheus-node-exporter"],
    "postgres-exporter": ["prometheus-postgres-exporter"],
    "redis_exporter": ["prometheus-redis-exporter"],
    "nginx-prometheus-exporter": ["prometheus-nginx-exporter"],
}
# No package of it is at hand: its files are validated, it is not started.
ABSENT = {"grafana-oss"}
COMMANDS = {"api": ["serve"]}
USERS = "root:x:0:0::/:/bin/sh\nedge:x:1000:1000::/:/bin/sh\nstore:x:999:999::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
# Folders that an image gives to its user; a new volume takes over the owner.
OWNED = {
    "postgres": ("/var/lib/postgresql/data",),
    "redis": ("/data",),
    "prometheus": ("/prometheus",),
    "alertmanager": ("/alertmanager",),
    "api": ("/var/lib/freeagentics", "/var/backups/freeagentics"),
}


def kind(image):
    """`prom/alertmanager:v1` is an `alertmanager`."""
    return image.rsplit("/", 1)[-1].split(":")[0]


def root(service, folder, repo, here, world_ca):
    """Makes the root file system of a service, and returns what of the machine is bound into it, read-only."""
    image = kind(service["image"])
    if image == "api":
        authorities = folder / "etc/ssl/certs/ca-certificates.crt"
        authorities.write_text(authorities.read_text() + world_ca)
        (folder / "etc/hosts").write_text("")
        return []
    for name in ("usr", "etc/ssl/certs", "proc", "sys", "dev", "tmp", "run/secrets", "var/lib", "var/run", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (folder / name).symlink_to(f"usr/{name}")
    etc = folder / "etc"
    (etc / "passwd").write_text(USERS)
    (etc / "group").write_text("root:x:0:\nedge:x:1000:\nstore:x:999:\nnobody:x:65534:\n")
    (etc / "nsswitch.conf").write_text("hosts: files\n")
    (etc / "hosts").write_text("")
    (etc / "ssl/certs/ca-certificates.crt").write_text(Path("/etc/ssl/certs/ca-certificates.crt").read_text() + world_ca)
    shutil.copy("/etc/ssl/openssl.cnf", etc / "ssl/openssl.cnf")
    programs = folder / "programs"
    programs.mkdir()
    if image == "frontend":
        shutil.copytree(repo / "infra/docker/nginx", etc / "nginx")
        shutil.copy(repo / "infra/docker/certificates.sh", programs / "certificates")
    if image == "postgres":
        shutil.copy(here / "postgres-image", programs / "postgres-image")
    return [("/usr", "/usr"), (str(programs), "/usr/local/bin")]
