#!/usr/bin/env python3
"""Measures three members of this etcd against three of another one, in turn, and prints medians and ratios.

See README.md beside this file. Needs Python 3.8, and for slow links the right to make network namespaces. It starts
members on loopback or in namespaces of its own, with fresh data, and stops only those.
"""

import json, os, shutil, signal, statistics, subprocess, sys, tempfile, threading, time

from compare import MANY, PAIRS, KEYS, Tool, compare, cpu_s, free_ports, load, note, resident_bytes
from links import Hosts

MEMBERS = 3
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Cluster:
    """Three members on loopback, or each on a host of its own; the client is on loopback, or on a fourth host."""

    def __init__(self, command, tool, folder, hosts=None, flags=()):
        self.command, self.folder, self.hosts, self.flags = command, folder, hosts, list(flags)
        self.tool = Tool(tool, 300)
        addresses = hosts.addresses[:MEMBERS] if hosts else ["127.0.0.1"] * MEMBERS
        ports = free_ports(2 * MEMBERS)
        self.clients = ["%s:%d" % pair for pair in zip(addresses, ports)]
        self.peers = ["http://%s:%d" % pair for pair in zip(addresses, ports[MEMBERS:])]
        self.processes = [None] * MEMBERS

    def start(self):
        for number in range(MEMBERS):
            self.start_one(number)
        self.wait_until_healthy(range(MEMBERS))
        # Elections and versions are settled a little later.
        time.sleep(1)

    def start_one(self, number):
        name = "m%d" % number
        everybody = ",".join("m%d=%s" % pair for pair in enumerate(self.peers))
        client = "http://" + self.clients[number]
        words = self.command + ["--name=" + name, "--data-dir=" + os.path.join(self.folder, name),
                                "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                                "--listen-peer-urls=" + self.peers[number],
                                "--initial-advertise-peer-urls=" + self.peers[number],
                                "--initial-cluster=" + everybody, "--quota-backend-bytes=%d" % (16 << 30)] + self.flags
        if self.hosts:
            words = self.hosts.on(number) + words
        with open(os.path.join(self.folder, name + ".log"), "ab") as log:
            self.processes[number] = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder)

    def ctl(self, numbers, words):
        """The words of a command of the client."""
        ends = ",".join(self.clients[number] for number in numbers)
        before = self.hosts.on(MEMBERS) if self.hosts else []
        return before + [self.tool.path, "ctl", "--endpoints=" + ends] + words

    def wait_until_healthy(self, numbers):
        until = time.monotonic() + 120
        while subprocess.run(self.ctl(numbers, ["endpoint", "health"]), **QUIET).returncode != 0:
            if time.monotonic() > until:
                raise RuntimeError("the members did not become healthy")
            time.sleep(0.05)

    def statuses(self):
        """Of each member that answers, by its number."""
        done = subprocess.run(self.ctl(range(MEMBERS), ["endpoint", "status", "-w", "json"]),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        found = {}
        for one in json.loads(done.stdout or b"[]"):
            found[self.clients.index(one["Endpoint"])] = one["Status"]
        return found

    def leader(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for number, status in self.statuses().items():
                if status.get("leader") == status["header"]["member_id"]:
                    return number
            time.sleep(0.05)
        raise RuntimeError("there is no leader")

    def bench(self, numbers, words):
        """The phases of a load, with what all members together spent on it."""
        pids = [process.pid for process in self.processes if process and process.poll() is None]
        before = sum(map(cpu_s, pids))
        run = subprocess.Popen(self.ctl(numbers, ["bench"] + words + ["-w", "json"]), stdout=subprocess.PIPE)
        phases = self.tool.end(run)
        operations = sum(series["operations"] for phase in phases for series in phase["series"])
        spent = sum(map(cpu_s, pids)) - before
        phases[0]["server"] = {"cpu_us_per_operation": spent / max(operations, 1) * 1e6}
        return phases

    def stop(self):
        for process in self.processes:
            if process and process.poll() is None:
                process.terminate()
        for process in self.processes:
            if process:
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


class Round:
    """The items on one cluster. Each gives its figures by name."""

    def __init__(self, cluster, scale):
        self.cluster, self.scale = cluster, scale

    def count(self, number):
        return max(int(number * self.scale), 1)

    def some(self, command, number, *words):
        words = [command, "--total=%d" % self.count(number), *words]
        return load(self.cluster.bench(range(MEMBERS), words)[0])

    def fill(self, keys, *words):
        space = ["--key-space-size=%d" % keys, "--total=%d" % keys, "--sequential-keys"]
        self.cluster.bench(range(MEMBERS), ["put", *MANY, *(words or PAIRS), *space])

    def put(self):
        return self.some("put", 200_000, *MANY, *PAIRS, "--key-space-size=100000")

    def put_one(self):
        """One client, at the leader."""
        leader = self.cluster.leader()
        words = ["put", *PAIRS, "--key-space-size=100000", "--total=%d" % self.count(3_000)]
        return load(self.cluster.bench([leader], words)[0])

    def put_10000(self):
        return self.some("put", 200_000, "--clients=10000", "--conns=100", *PAIRS, "--key-space-size=100000")

    def get(self):
        self.fill(10_000)
        return self.some("range", 200_000, *MANY, *KEYS, "--key-space-size=10000", "--consistency=l")

    def put_slowly(self):
        """One client, through the leader and through a follower."""
        leader = self.cluster.leader()
        figures = {}
        for name, number in [("leader", leader), ("follower", (leader + 1) % MEMBERS)]:
            words = ["put", *PAIRS, "--key-space-size=1000", "--total=%d" % self.count(100)]
            one = load(self.cluster.bench([number], words)[0])
            figures.update({"%s p50 ms" % name: one["p50 ms"], "%s p99 ms" % name: one["p99 ms"]})
        return figures

    def kill_leader(self):
        return {"s": statistics.median(self.leave(signal.SIGKILL)[0] for _ in range(3))}

    def stop_leader(self):
        return {"s": statistics.median(self.leave(signal.SIGTERM)[1] for _ in range(3))}

    def leave(self, how):
        """Sends the leader a signal while clients write at the others. The seconds until a write that began after it was
        acknowledged, and the longest time without an acknowledgement."""
        leader = self.cluster.leader()
        others = [number for number in range(MEMBERS) if number != leader]
        self.cluster.wait_until_healthy(range(MEMBERS))
        acknowledged, ends = [], threading.Event()

        def put(number):
            begin = time.monotonic()
            words = self.cluster.ctl([number], ["put", "key", "value", "--command-timeout=20s"])
            if subprocess.run(words, **QUIET).returncode == 0:
                acknowledged.append((begin, time.monotonic()))

        def write():
            turn, puts = 0, []
            while not ends.wait(0.02):
                turn += 1
                puts.append(threading.Thread(target=put, args=(others[turn % len(others)],)))
                puts[-1].start()
            for one in puts:
                one.join()

        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(1)
        sent = time.monotonic()
        self.cluster.processes[leader].send_signal(how)
        time.sleep(4)
        ends.set()
        writer.join()
        self.cluster.processes[leader].wait()
        self.cluster.start_one(leader)
        self.cluster.wait_until_healthy(range(MEMBERS))
        time.sleep(1)
        next_s = min(end - sent for begin, end in acknowledged if begin > sent)
        times = sorted(end for _, end in acknowledged)
        gaps = [after - before for before, after in zip(times, times[1:]) if after > sent]
        return next_s, max(gaps)

    def snapshot(self):
        """A member was away for longer than the log goes back. The worst put while the leader sends it a snapshot."""
        return self.come_back(self.count(1_000_000), PAIRS)

    def snapshot_large(self):
        """The same with 4 GiB of data."""
        return self.come_back(self.count(1 << 20), ["--key-size=40", "--val-size=4096"])

    def come_back(self, keys, pairs):
        cluster = self.cluster
        self.fill(keys, *pairs)
        leader = cluster.leader()
        away = (leader + 1) % MEMBERS
        cluster.processes[away].terminate()
        cluster.processes[away].wait()
        here = [number for number in range(MEMBERS) if number != away]
        # More than the entries that are kept for one who is behind.
        words = ["put", *MANY, *PAIRS, "--key-space-size=1000", "--total=%d" % max(self.count(30_000), 30_000)]
        cluster.bench(here, words)
        time.sleep(3)
        steady = ["put", "--clients=10", *PAIRS, "--key-space-size=1000", "--rate=500"]
        idle = cluster.bench([leader], steady + ["--duration=8s"])[0]["series"][0]["latency_us"]
        pid = cluster.processes[leader].pid
        resident, ends = [resident_bytes(pid)], threading.Event()

        def look():
            while not ends.wait(0.1):
                resident.append(resident_bytes(pid))

        looker = threading.Thread(target=look)
        looker.start()
        begin = time.monotonic()
        cluster.start_one(away)
        took, busy = None, {}
        # Puts go on until the member that came back has what the leader has.
        worst, over = [], False
        while not over:
            worst.append(cluster.bench([leader], steady + ["--duration=8s"])[0]["series"][0]["latency_us"])
            found = cluster.statuses()
            lead = int(found[leader].get("raftAppliedIndex", 0))
            if away in found and lead - int(found[away].get("raftAppliedIndex", 0)) < 1000:
                over, took = True, time.monotonic() - begin
            if time.monotonic() - begin > 600:
                raise RuntimeError("the member did not catch up")
        ends.set()
        looker.join()
        busy = max(one["max"] for one in worst)
        return {
            "at most s": took,
            "idle put p99 ms": idle["p99"] / 1e3,
            "idle worst ms": idle["max"] / 1e3,
            "worst put ms": busy / 1e3,
            "worst put / idle p99": busy / idle["p99"],
            "leader grown MB": (max(resident) - resident[0]) / 1e6,
        }


# Name, method, the one-way delay of links in seconds, flags, and the goals as in compare.py.
FEW = ["--snapshot-count=10000"]
ITEMS = [
    ("put", Round.put, 0, [], {"operations/s": (">=", 1.6), "server CPU us/op": ("<=", 0.5), "p99 ms": ("<=", 1.0)}),
    ("put-1-client", Round.put_one, 0, [], {"p50 ms": ("<=", 0.9)}),
    ("put-10000-clients", Round.put_10000, 0, [], {}),
    ("get", Round.get, 0, [], {"server CPU us/op": ("<=", 0.6)}),
    ("kill-leader", Round.kill_leader, 0, [], {"s": ("<=", 1.0)}),
    ("stop-leader", Round.stop_leader, 0, [], {"s": ("at most", 0.5)}),
    ("put-1ms", Round.put_slowly, 0.001, [], {"leader p50 ms": ("<=", 1.0), "follower p50 ms": ("<=", 1.0)}),
    ("put-20ms", Round.put_slowly, 0.020, ["--heartbeat-interval=100", "--election-timeout=1000"],
     {"leader p50 ms": ("<=", 1.0), "follower p50 ms": ("<=", 1.0)}),
    ("snapshot", Round.snapshot, 0, FEW, {"worst put / idle p99": ("at most", 3)}),
    ("snapshot-4gib", Round.snapshot_large, 0, FEW, {"worst put / idle p99": ("at most", 3)}),
]
USUAL = [name for name, *_ in ITEMS if name != "snapshot-4gib"]


def run_side(side, command, chosen, options, results):
    """One round of the items on one side, each with members of its own."""
    for name, method, delay_s, flags, _ in ITEMS:
        if name not in chosen:
            continue
        folder = tempfile.mkdtemp(prefix="etcd-compare-", dir=options.dir)
        # What earlier runs left to be written must not slow this one.
        os.sync()
        hosts = Hosts(MEMBERS + 1, delay_s) if delay_s else None
        cluster = Cluster(command, options.ours, folder, hosts, flags)
        try:
            cluster.start()
            note(results, side, name, method(Round(cluster, options.scale)))
        except Exception as error:  # The other items can still be measured.
            print("  %s, %s: %s" % (name, side, error), file=sys.stderr)
        finally:
            cluster.stop()
            if hosts:
                hosts.close()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    compare(__doc__, {name: goals for name, _, _, _, goals in ITEMS}, run_side, USUAL)
