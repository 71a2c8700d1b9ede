"""A Compose file as the engine would read it: variables put in, anchors merged."""

import re
import sys
from pathlib import Path

import yaml

VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:[-?])([^}]*))?\})")


class Unset(Exception):
    """A variable that the file insists on has no value."""


def put_in(value, variables):
    """Puts variables into every text of a document, by Compose's rules."""
    if isinstance(value, dict):
        return {key: put_in(below, variables) for key, below in value.items()}
    if isinstance(value, list):
        return [put_in(below, variables) for below in value]
    if not isinstance(value, str):
        return value

    def replace(found):
        dollar, name, kind, rest = found.groups()
        if dollar:
            return "$"
        given = variables.get(name, "")
        if given:
            return given
        if kind == ":?":
            raise Unset(f"{name}: {rest}")
        return rest or ""

    return VARIABLE.sub(replace, value)


def read(path, variables):
    """A Compose file with its variables."""
    return put_in(yaml.safe_load(Path(path).read_text()), variables)


def variables(path):
    """What an environment file sets."""
    lines = (line.strip() for line in Path(path).read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def seconds(text):
    """A time such as `5s` or `1m`."""
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", str(text)).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]


def waits_for(service):
    """What has to be so before a service starts: names and conditions."""
    needs = service.get("depends_on", {})
    if isinstance(needs, list):
        return {name: "service_started" for name in needs}
    return {name: need["condition"] for name, need in needs.items()}


def in_order(services):
    """Names of services, each after those that it waits for."""
    done, order = set(), []
    while len(order) < len(services):
        ready = [name for name in services if name not in done and set(waits_for(services[name])) <= done]
        if not ready:
            sys.exit(f"services wait for each other: {sorted(set(services) - done)}")
        order += ready
        done |= set(ready)
    return order
