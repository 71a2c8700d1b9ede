"""What was seen, kept as TOML and written as a page."""

import hashlib
import json
import re
import tomllib

HEAD = """\
# Planted faults

A check that has never failed may be one that cannot. [`drills/planted`](../drills/README.md) plants faults, one at a time, into a
copy of this repository and of an installation, and runs the check that is there for each: the very command or test that the
[readiness report](PRODUCTION-READINESS.md) takes for the proof of the row. Before, each of them had found nothing in the copy as it
was. What follows is what it saw.

Faults in the code itself, a hundred and more, are on the page of the [security suite](security-suite.md), with those in backups;
those in Compose files and images are found by `drills/compose/run --static`, those in the project's settings and on its hosting by
`infra/release/check`, those in a profile of readiness by `cargo nextest run -p readiness planted`.

<!-- Written by drills/planted/run. -->

"""


def digest(*parts):
    """What a test compares, to know when what was seen is out of date."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def plain(line, folders):
    """A line of somebody's output as it can stand on a page: without colours, folders and times."""
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    for folder in folders:
        line = line.replace(f"{folder}/", "").replace(str(folder), ".")
    line = re.sub(r"/tmp/[\w./-]*?/(?=\w)", "", line)
    line = re.sub(r"\d{8}T\d{9}Z-[0-9a-f]{8}", "20260101T000000000Z-00000000", line)
    line = " ".join(line.split())
    return line if len(line) <= 200 else line[:197] + "…"


def kept(path, faults):
    """What was seen earlier of faults that are still the same."""
    earlier = tomllib.loads(path.read_text()) if path.exists() else {}
    same = {fault.what: fault.digest for fault in faults}
    return {what: seen for what, seen in earlier.items() if same.get(what) == seen["digest"]}


def keep(path, results):
    text = "# What drills/planted/run has seen; docs/planted-faults.md shows it.\n"
    for what, seen in results.items():
        text += f"\n[{json.dumps(what, ensure_ascii=False)}]\n"
        text += "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in seen.items())
    path.write_text(text)


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def code(text):
    """Something that was said or run, between marks that it does not hold itself."""
    return text.replace("`", "'").replace("|", "\\|")


def write(path, results):
    rows = [f"{len(results)} faults.\n", "| planted | row | found by | in the words |", "|---|---|---|---|"]
    for what, seen in results.items():
        by = seen["by"] if seen["by"].startswith("`") else f"`{seen['by']}`"
        rows.append(f"| {cell(what)} | {seen['row']} | {by.replace('|', chr(92) + '|')} | `{code(seen['said'])}` |")
    path.write_text(HEAD + "\n".join(rows) + "\n")
