"""Networks without a container engine: a namespace per service, a bridge per network, all of it inside namespaces of ours."""

import ipaddress
import os
import subprocess


def ip(*words, inside=None):
    """Runs `ip`, in a namespace if one is named."""
    prefix = ["ip", "-n", inside] if inside else ["ip"]
    subprocess.run([*prefix, *words], check=True, capture_output=True, text=True)


class Hosts:
    """Services and the world around them, by their names."""

    def __init__(self, networks):
        self.mark = f"fa{os.getpid()}"
        self.switch = f"{self.mark}-switch"
        self.made, self.links, self.names = [], 0, {}
        self.subnets = {name: self.subnet(at, network or {}) for at, (name, network) in enumerate(networks.items())}
        self.next = {name: 2 for name in networks}
        self.add(self.switch)
        for at, name in enumerate(networks):
            ip("link", "add", f"br{at}", "type", "bridge", inside=self.switch)
            ip("link", "set", f"br{at}", "up", inside=self.switch)

    @staticmethod
    def subnet(at, network):
        given = (network.get("ipam") or {}).get("config") or [{"subnet": f"10.213.{at}.0/24"}]
        return ipaddress.ip_network(given[0]["subnet"])

    def add(self, namespace):
        ip("netns", "add", namespace)
        self.made.append(namespace)
        ip("link", "set", "lo", "up", inside=namespace)

    def join(self, service, networks, aliases=()):
        """Gives a service a namespace with an address on each of its networks."""
        namespace = f"{self.mark}-{service}"
        self.add(namespace)
        for network in networks:
            at, subnet = list(self.subnets).index(network), self.subnets[network]
            address = str(subnet[self.next[network]])
            self.next[network] += 1
            self.links += 1
            there, here = f"p{self.links}", f"eth{self.links}"
            ip("link", "add", there, "netns", self.switch, "type", "veth", "peer", "name", here, "netns", namespace)
            ip("link", "set", there, "master", f"br{at}", "up", inside=self.switch)
            ip("addr", "add", f"{address}/{subnet.prefixlen}", "dev", here, inside=namespace)
            ip("link", "set", here, "up", inside=namespace)
            for name in [service, *aliases, *(networks[network] or {}).get("aliases", [])]:
                self.names.setdefault(network, []).append((address, name))
        return namespace

    def file(self, networks):
        """What /etc/hosts says in a service that is on these networks."""
        lines = [f"{address} {name}" for network in networks for address, name in self.names.get(network, [])]
        return "\n".join(["127.0.0.1 localhost", *lines]) + "\n"

    def address(self, network, name):
        """Where somebody is on a network."""
        return next(address for address, known in self.names[network] if known == name)

    def end(self):
        for namespace in self.made:
            subprocess.run(["ip", "netns", "del", namespace], check=False, capture_output=True)
