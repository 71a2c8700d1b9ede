"""Metadata of cargo becomes a CycloneDX document: `cargo metadata | sbom.py Cargo.lock`; `sbom.py --validate FILE`."""

import json
import sys
import tomllib
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def validate(path):
    text = Path(path).read_text()
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem:
        sys.exit(f"{path} is no CycloneDX document: {problem}")
    parts = json.loads(text)["components"]
    unnamed = [part["name"] for part in parts if "licenses" not in part]
    if unnamed:
        sys.exit(f"nobody knows under which licence these are: {unnamed}")
    print(f"{path}: {len(parts)} components, each with version and licence; a valid CycloneDX 1.6 document")


def built_in(metadata, program):
    """What the program is really made of: from it along what is linked, not what only tests or builds of others use."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    start = next(package["id"] for package in metadata["packages"] if package["name"] == program)
    seen, waiting = {start}, [start]
    while waiting:
        for need in nodes[waiting.pop()]["deps"]:
            kinds = {kind["kind"] for kind in need["dep_kinds"]}
            if need["pkg"] not in seen and kinds & {None, "build"}:
                seen.add(need["pkg"])
                waiting.append(need["pkg"])
    return seen, nodes


def component(package, digests):
    """One part."""
    url = f"pkg:cargo/{package['name']}@{package['version']}"
    part = {"type": "library", "bom-ref": url, "name": package["name"], "version": package["version"], "purl": url}
    if package.get("license"):
        # Older packages write a slash for a choice.
        part["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    digest = digests.get((package["name"], package["version"]))
    if digest:
        part["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return part


def document(metadata, lock):
    """The whole."""
    digests = {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}
    linked, nodes = built_in(metadata, "freeagentics")
    packages = {package["id"]: package for package in metadata["packages"] if package["id"] in linked}
    parts = {key: component(package, digests) for key, package in packages.items()}
    root = next(key for key, package in packages.items() if package["name"] == "freeagentics")
    order = sorted(parts, key=lambda key: parts[key]["bom-ref"])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**parts[root], "type": "application"}},
        "components": [parts[key] for key in order if key != root],
        "dependencies": [
            {"ref": parts[key]["bom-ref"], "dependsOn": sorted({parts[need]["bom-ref"] for need in nodes[key]["dependencies"] if need in parts})}
            for key in order
        ],
    }


if sys.argv[1] == "--validate":
    validate(sys.argv[2])
else:
    lock = tomllib.loads(Path(sys.argv[1]).read_text())
    json.dump(document(json.load(sys.stdin), lock), sys.stdout, indent=1)
