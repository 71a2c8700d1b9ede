"""Reads what criterion found out: `slower.py FOLDER LIMIT`. A change counts when even its lower bound is beyond the limit."""

import json
import sys
from pathlib import Path


def main(folder, limit):
    changes = {}
    for path in sorted(Path(folder).glob("**/change/estimates.json")):
        interval = json.loads(path.read_text())["median"]["confidence_interval"]
        changes[str(path.parent.parent.relative_to(folder))] = interval["lower_bound"]
    slower = {name: by for name, by in changes.items() if by > float(limit)}
    for name, by in slower.items():
        print(f"{name}: at least {by:.0%} slower")
    print(f"{len(changes)} benchmarks, {len(slower)} slower by more than {float(limit):.0%}")
    # Nothing measured is no good news.
    return 1 if slower or not changes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
