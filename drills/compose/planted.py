"""Faults planted into the production file and into an image, each of which the policies have to find."""

import copy

import dockerfile
from policy import findings


def without(key):
    return lambda service: service.pop(key, None)


def sets(**values):
    return lambda service: service.update(values)


FAULTS = {
    "a root that can be written to": ("api", sets(read_only=False), "its root can be written to"),
    "rights that are kept": ("redis", without("cap_drop"), "it keeps rights of root"),
    "rights that are given": ("api", sets(cap_add=["SYS_ADMIN"]), "it is given rights of root"),
    "a privileged service": ("frontend", sets(privileged=True), "it is given rights of root"),
    "rights to be gained": ("postgres", without("security_opt"), "it may gain rights"),
    "root": ("api", sets(user="0:0"), "it runs as root"),
    "nobody said who": ("frontend", without("user"), "it runs as root"),
    "the machine's network": ("api", sets(network_mode="host"), "it shares a namespace with the machine"),
    "the engine's socket": ("prometheus", sets(volumes=["/var/run/docker.sock:/var/run/docker.sock"]), "it may write to"),
    "no limits": ("redis", without("deploy"), "nothing limits its"),
    "no health check": ("postgres", without("healthcheck"), "nobody asks whether it is well"),
    "no restart": ("api", without("restart"), "it stays down when it falls"),
    "a log without bound": ("frontend", without("logging"), "its log grows without bound"),
    "an image of no version": ("redis", sets(image="redis"), "is another one tomorrow"),
    "the latest image": ("redis", sets(image="redis:latest"), "is another one tomorrow"),
    "an open database": ("postgres", sets(ports=["5432:5432"]), "is open to everybody"),
    "an edge among the stores": ("frontend", sets(networks=["edge", "data"]), "it stands between the world and the stores"),
    "a password in the environment": ("postgres", sets(environment={"POSTGRES_PASSWORD": "x"}), "stands in its environment"),
    "a password in a URL": ("api", sets(environment={"DB": "postgres://a:b@c/d"}), "has a password in it"),
    "a start without waiting": ("api", sets(depends_on={"postgres": {"condition": "service_started"}}), "starts without waiting"),
}

# What is replaced in a Dockerfile by what, and what has to be said.
IMAGES = {
    "nobody said who": ("USER 1000:1000", "", "nobody says as whom it runs"),
    "root": ("USER 1000:1000", "USER 0:0", "it runs as root"),
    "root again, after the user": ("USER 1000:1000", "USER 1000:1000\nUSER root", "it runs as root"),
    "no health check": ("HEALTHCHECK", "LABEL", "nobody asks it whether it is well"),
    "no signal": ("STOPSIGNAL SIGTERM", "", "nobody says how it is asked to end"),
    "a shell before it": ('ENTRYPOINT ["/usr/local/bin/freeagentics"]', "ENTRYPOINT /usr/local/bin/freeagentics", "a shell stands between"),
    "a base of no version": ("rust:1.95.0-bookworm", "rust", "is another one tomorrow"),
    "the latest base": ("rust:1.95.0-bookworm", "rust:latest", "is another one tomorrow"),
    "a secret in it": ("ENV FREE", "ENV API_TOKEN=x FREE", "API_TOKEN stands in the image"),
    "something from elsewhere": ("WORKDIR /var", "ADD https://example.org/x /x\nWORKDIR /var", "nobody has looked at"),
}


def check_images(files, api):
    """Nothing is found in the images as they are, and every planted fault is found in that of the API."""
    found = [text for name, said in files.items() for text in dockerfile.findings(name, said)]
    assert not found, "\n".join(found)
    for name, (old, new, says) in IMAGES.items():
        assert old in files[api], f"{api} does not say {old!r}"
        found = dockerfile.findings(api, files[api].replace(old, new, 1))
        assert any(says in text for text in found), f"{name} is not found; what is: {found}"
    print(f"ok     the policy of images holds of {len(files)} Dockerfiles, and finds {len(IMAGES)} planted faults")


def check(document):
    """Every planted fault is found, and nothing is found where none is."""
    assert not findings(document), "\n".join(findings(document))
    for name, (service, plant, says) in FAULTS.items():
        planted = copy.deepcopy(document)
        plant(planted["services"][service])
        found = findings(planted)
        assert any(says in text for text in found), f"{name} is not found; what is: {found}"
    planted = copy.deepcopy(document)
    planted["networks"]["data"] = {}
    assert any("stores have a way out" in text for text in findings(planted))
    print(f"ok     the policy holds of {len(document['services'])} services, and finds {len(FAULTS) + 1} planted faults")
