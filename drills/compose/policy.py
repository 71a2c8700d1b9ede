"""What must hold of every service, whatever the engine: findings are sentences."""

import re

SECRETIVE = re.compile(r"(PASSWORD|SECRET|TOKEN|_KEY)$")
CONDITIONS = {"service_healthy", "service_completed_successfully"}
# Who may be seen from outside the machine.
PUBLIC = {"frontend"}


def findings(document, production=True):
    """Everything that is wrong with a Compose file."""
    services, networks = document["services"], document.get("networks", {})
    found = []
    for name, service in services.items():
        found += [f"{name}: {text}" for text in confinement(service)]
        found += [f"{name}: {text}" for text in operation(service, production)]
        if production:
            found += [f"{name}: {text}" for text in exposure(name, service, networks)]
        for other in (service.get("depends_on") or {}).items():
            if other[1].get("condition") not in CONDITIONS:
                found.append(f"{name}: starts without waiting until {other[0]} is well")
    return found


def confinement(service):
    """What a service could do to others."""
    if service.get("read_only") is not True:
        yield "its root can be written to"
    if service.get("cap_drop") != ["ALL"]:
        yield "it keeps rights of root (cap_drop: [ALL])"
    if set(service.get("cap_add", [])) - {"CHOWN"} or service.get("privileged"):
        yield "it is given rights of root"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "it may gain rights (no-new-privileges)"
    user = str(service.get("user", "0")).split(":")[0]
    # Root without a network and for a moment is not root with one.
    if user == "0" and service.get("network_mode") != "none":
        yield "it runs as root"
    if service.get("network_mode") == "host" or service.get("pid") == "host":
        yield "it shares a namespace with the machine"
    for volume in service.get("volumes", []):
        source, rest = str(volume).split(":", 1)
        if "docker.sock" in source or source.startswith(("/", ".")) and ":ro" not in rest:
            yield f"it may write to the machine's {source}"


def operation(service, production):
    """Whether it stays within bounds, tells how it is, and is the same tomorrow."""
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    missing = {"cpus", "memory", "pids"} - set(limits)
    if missing:
        yield f"nothing limits its {', '.join(sorted(missing))}"
    one_shot = service.get("restart") == "no"
    if not service.get("healthcheck") and not one_shot:
        yield "nobody asks whether it is well"
    if production and "restart" not in service:
        yield "it stays down when it falls"
    if "max-size" not in service.get("logging", {}).get("options", {}):
        yield "its log grows without bound"
    if re.search(r":(latest)?$", service["image"]) or ":" not in service["image"].rsplit("/", 1)[-1]:
        yield f"its image {service['image']} is another one tomorrow"


def exposure(name, service, networks):
    """Who can reach it, and what lies open in its environment."""
    for port in service.get("ports", []):
        if name not in PUBLIC and not str(port).startswith("127.0.0.1:"):
            yield f"port {port} is open to everybody"
    joined = service.get("networks", {})
    if {"edge", "data"} <= set(joined):
        yield "it stands between the world and the stores"
    if "data" in joined and not networks["data"].get("internal"):
        yield "stores have a way out"
    for variable, value in service.get("environment", {}).items():
        # A path to a secret is none.
        if SECRETIVE.search(variable) and value and not str(value).startswith("/"):
            yield f"{variable} stands in its environment"
        if re.search(r"://[^/:@]+:[^/@]+@", str(value)):
            yield f"{variable} has a password in it"
