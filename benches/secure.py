#!/usr/bin/env python3
"""Measures what TLS and users cost, on this etcd and on another one, in turn, and prints medians and ratios.

See README.md beside this file. Needs Python 3.8 and openssl. It starts servers on loopback ports that the system chose, with
fresh data and certificates, and stops only those.
"""

import os, shutil, subprocess, sys, tempfile, time

from compare import PAIRS, Round, Server, Tool, compare, note

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
USER = "--user=load:secret"
# Beside all keys, so that a decision has some to look through.
RANGES = 20


def certificates(folder):
    """An authority, and a certificate that it signed for the server and for clients: ECDSA on P-256."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, **QUIET)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=authority")
    openssl("req", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf")
    with open(os.path.join(folder, "leaf.ext"), "w") as extensions:
        extensions.write("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "leaf.ext", "-out", "leaf.crt")
    return [os.path.join(folder, name) for name in ("ca.crt", "leaf.crt", "leaf.key")]


class SecureTool(Tool):
    """The load tool, with what a server asks its clients for."""

    def __init__(self, path, limit_s, words):
        super().__init__(path, limit_s)
        self.secure = words

    def words(self, server, words):
        return super().words(server, self.secure + words)


class SecureServer(Server):
    """With certificates both ways."""

    def __init__(self, command, folder, log):
        self.files = certificates(folder)
        ca, leaf, key = self.files
        super().__init__(command, folder, log)
        self.scheme = "https"
        self.flags = ["--cert-file=" + leaf, "--key-file=" + key, "--trusted-ca-file=" + ca, "--client-cert-auth",
                      "--peer-cert-file=" + leaf, "--peer-key-file=" + key, "--peer-trusted-ca-file=" + ca,
                      "--peer-client-cert-auth"]
        self.words = ["--cacert=" + ca, "--cert=" + leaf, "--key=" + key]

    def healthy(self):
        words = self.tool.words(self, self.words + ["endpoint", "health"])
        return subprocess.run(words, timeout=30, **QUIET).returncode == 0

    def let_in(self):
        """Users, and nobody without a password from here on."""
        tool = SecureTool(self.tool.path, 60, self.words)
        for words in (["user", "add", "root:secret"], ["user", "grant-role", "root", "root"],
                      ["user", "add", "load:secret"], ["role", "add", "load"], ["user", "grant-role", "load", "load"],
                      ["role", "grant-permission", "load", "readwrite", "", "--from-key"],
                      *(["role", "grant-permission", "load", "readwrite", "/%02d/" % place, "/%02d0" % place]
                        for place in range(RANGES)),
                      ["auth", "enable"]):
            tool.ctl(self, words)


class Both:
    """The same load without any of it and with all of it, on servers that run at the same time, in turns."""

    def __init__(self, plain, secure):
        self.plain, self.secure = plain, secure

    def turns(self, method):
        figures = [getattr(one, method)() for one in (self.plain, self.secure)]
        name = "server CPU us/op"
        return {
            name: figures[1][name],
            "plain CPU us/op": figures[0][name],
            "CPU with / without": figures[1][name] / figures[0][name],
            "operations/s": figures[1]["operations/s"],
            "p99 ms": figures[1]["p99 ms"],
        }

    def put(self):
        return self.turns("put")

    def get(self):
        return self.turns("get")

    def logins(self):
        """Puts at a steady pace, alone and while a hundred clients log in without end."""
        tool, server = self.secure.tool, self.secure.server
        steady = ["put", "--clients=10", *PAIRS, "--key-space-size=1000", "--rate=500"]
        idle = tool.bench(server, steady + ["--duration=8s"])[0]["series"][0]["latency_us"]
        flood = tool.begin(server, ["login", "--clients=100", "--conns=10", "--duration=20s"])
        time.sleep(2)
        # Its own login waits behind those of the others.
        busy = tool.bench(server, ["--dial-timeout=60s"] + steady + ["--duration=8s"])[0]["series"][0]["latency_us"]
        logins = tool.end(flood)[0]["series"][0]
        return {
            "logins/s": logins["per_second"],
            "idle put p99 ms": idle["p99"] / 1e3,
            "put p99 ms": busy["p99"] / 1e3,
            "put p99 / idle p99": busy["p99"] / idle["p99"],
        }


ITEMS = [
    ("put", Both.put, {"server CPU us/op": ("<=", 0.5), "CPU with / without": ("at most", 1.3)}),
    ("get", Both.get, {"server CPU us/op": ("<=", 0.5), "CPU with / without": ("at most", 1.3)}),
    ("logins", Both.logins, {"put p99 / idle p99": ("at most", 2)}),
]


def run_side(side, command, chosen, options, results):
    """One round of the items on one side."""
    for name, method, _ in ITEMS:
        if name not in chosen:
            continue
        folders = [tempfile.mkdtemp(prefix="etcd-compare-", dir=options.dir) for _ in range(2)]
        os.sync()
        servers = []
        try:
            with open(os.path.join(folders[0], "log"), "wb") as log:
                for kind, folder in zip((Server, SecureServer), folders):
                    servers.append(kind(command, folder, log))
                    servers[-1].tool = Tool(options.ours, options.limit)
                    servers[-1].start()
                plain, secure = servers
                secure.let_in()
                tool = SecureTool(options.ours, options.limit, secure.words + [USER])
                both = Both(Round(plain.tool, plain, options.scale), Round(tool, secure, options.scale))
                note(results, side, name, method(both))
        except Exception as error:  # The other items can still be measured.
            print("  %s, %s: %s" % (name, side, error), file=sys.stderr)
        finally:
            for server in servers:
                server.stop()
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    compare(__doc__, {name: goals for name, _, goals in ITEMS}, run_side)
