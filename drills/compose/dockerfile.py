"""What must hold of every image that is ours, beyond what the linter knows: findings are sentences."""

import re

SECRETIVE = re.compile(r"\b(\w*(?:PASSWORD|SECRET|TOKEN|_KEY))=(?!/)\S")


def instructions(text):
    """Each instruction with what it is given, on one line."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [line.strip().split(None, 1) for line in joined.splitlines() if line.strip()]


def findings(name, text):
    """Everything that is wrong with a Dockerfile; what runs is its last stage."""
    stages, last, found = set(), {}, []
    for word, *rest in instructions(text):
        said = rest[0] if rest else ""
        if word == "FROM":
            base, *named = said.split(" AS ")
            if base not in stages | {"scratch"} and not re.search(r":(?!latest$)\S+$", base):
                found.append(f"{name}: its base {base} is another one tomorrow")
            stages |= set(named)
            last = {}
        last[word] = said
        for variable in SECRETIVE.findall(said) if word in ("ENV", "ARG") else []:
            found.append(f"{name}: {variable} stands in the image")
        if word == "ADD":
            found.append(f"{name}: it fetches or unpacks what nobody has looked at (ADD)")
    user = last.get("USER", "").split(":")[0]
    if not user:
        found.append(f"{name}: nobody says as whom it runs")
    elif user in ("0", "root"):
        found.append(f"{name}: it runs as root")
    if "HEALTHCHECK" not in last:
        found.append(f"{name}: nobody asks it whether it is well")
    if "STOPSIGNAL" not in last:
        found.append(f"{name}: nobody says how it is asked to end")
    if not last.get("ENTRYPOINT", "").startswith("["):
        found.append(f"{name}: a shell stands between it and its signals")
    return found
