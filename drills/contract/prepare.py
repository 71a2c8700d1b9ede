"""Puts a model and an agent on the server at ADDRESS, whose administrator has KEY, for the deep part of the run."""

import json
import sys
import urllib.request

address, key, model = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def post(path, body, kind="application/json"):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    with opener.open(urllib.request.Request(f"http://{address}/api/v1{path}", body, headers)) as answer:
        return json.load(answer)


with open(model, "rb") as file:
    post("/models", file.read(), "application/yaml")
post("/agents", json.dumps({"id": "tested", "model": "tiger", "labels": {"team": "a"}}).encode())
for _ in range(3):
    post("/agents/tested/steps", b'{"observation": {"sound": "growl_left"}}')
