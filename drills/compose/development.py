"""The development stack: it starts, and the demo's agents live behind the edge."""

import time

from production import confined
from stack import Stack


def story(program, document, world):
    stack = Stack(document, program, world)
    try:
        stack.start()
        confined(stack)
        code, said = world.curl(f"http://{world.domain}:3000/", network="backend")
        assert code == 0 and "<html" in said.lower(), said[:300]
        key = json_line(stack.services["api"])
        words = ["--header", f"Authorization: Bearer {key}"]
        for _ in range(50):
            code, said = world.curl(f"http://{world.domain}:3000/api/v1/agents?label=demo=true", *words, network="backend")
            assert code == 0, said
            if '"demo"' in said:
                break
            time.sleep(0.5)
        assert '"demo"' in said, said[:300]
        print("ok     development: the page and the demo's agents, through the edge, with the key from the log")
        stack.stop()
    finally:
        stack.end()


def json_line(api):
    """The administrator's key, as `docker compose logs api` shows it."""
    lines = api.log.read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if "administrator's key" in line)
    return lines[at + 1].strip()
