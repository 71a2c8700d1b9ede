"""Finds secrets that .secrets.baseline does not know: `secrets.py FILE...`. Unlike the tool's own hook it does not mind that
lines move."""

import json
import sys
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

BASELINE = Path(".secrets.baseline")


def main(files):
    baseline = json.loads(BASELINE.read_text())
    known = {(name, one["hashed_secret"]) for name, found in baseline["results"].items() for one in found}
    secrets = SecretsCollection()
    with transient_settings({"plugins_used": baseline["plugins_used"], "filters_used": baseline["filters_used"]}):
        for name in files:
            secrets.scan_file(name)
    new = [(name, one) for name, one in secrets if (name, one.secret_hash) not in known]
    for name, one in new:
        print(f"{name}:{one.line_number}: looks like a secret ({one.type}); take it out, or note it in {BASELINE}")
    print(f"{len(files)} files, {len(new)} new secrets")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
