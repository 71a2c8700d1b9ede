"""What schemathesis has to be told about the API."""

import json
import os
import zlib

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """The schema is a text of lines; whatever else is made up stands on one line."""
    text = value if isinstance(value, (str, bytes)) else json.dumps(value)
    return text if isinstance(text, bytes) else text.encode()


SEEN = [{}, {"sound": "growl_left"}, {"sound": "growl_right"}, {"sound": None}]


def meant(value):
    """The body with names that there are, so that what is asked means something."""
    if isinstance(value, list):
        return [meant(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: meant(member) for name, member in value.items() if name not in ("if_match", "executed_action")}
    if "observation" in value:
        number = zlib.crc32(json.dumps(value["observation"], sort_keys=True).encode())
        value["observation"] = SEEN[number % len(SEEN)]
    for name, known in (("model", "tiger"), ("agent", "tested")):
        if isinstance(value.get(name), str):
            value[name] = known
    return value


if os.environ.get("CONTRACT_DEEP"):

    @schemathesis.hook
    def map_body(context, body):
        return meant(body)
