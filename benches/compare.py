#!/usr/bin/env python3
"""Measures this etcd against another one, in turn, with one load tool, and prints medians and ratios.

See README.md beside this file. Needs Python 3.8 and nothing else. It starts servers on loopback ports that the system
chose, with fresh data, and stops only those.
"""

import argparse, json, os, random, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = ["--key-size=40"]
PAIRS = KEYS + ["--val-size=256"]
MANY = ["--clients=1000", "--conns=100"]
ALL = ["", "--prefix"]


class Server:
    """One server process with a data directory of its own."""

    scheme, flags = "http", []

    def __init__(self, command, folder, log):
        self.command, self.folder, self.log = command, folder, log
        self.data = os.path.join(folder, "data")
        self.process = None

    def start(self):
        """Starts it, and returns the seconds until it was healthy."""
        self.client, peer = free_ports(2)
        self.endpoints = "127.0.0.1:%d" % self.client
        urls = ["%s://127.0.0.1:%d" % (self.scheme, port) for port in (self.client, peer)]
        flags = ["--name=m", "--data-dir=" + self.data, "--listen-client-urls=" + urls[0],
                 "--advertise-client-urls=" + urls[0], "--listen-peer-urls=" + urls[1],
                 "--initial-advertise-peer-urls=" + urls[1], "--initial-cluster=m=" + urls[1],
                 # Room for everything that is loaded here; both get the same.
                 "--quota-backend-bytes=%d" % (8 << 30)] + self.flags
        begin = time.monotonic()
        self.process = subprocess.Popen(self.command + flags, stdout=self.log, stderr=self.log, cwd=self.folder)
        while not self.healthy():
            if self.process.poll() is not None:
                raise RuntimeError("the server ended: see the log")
            if time.monotonic() - begin > 300:
                raise RuntimeError("the server did not become healthy")
            time.sleep(0.002)
        return time.monotonic() - begin

    def healthy(self):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d/health" % self.client, timeout=5) as answer:
                return json.load(answer)["health"] == "true"
        except (OSError, ValueError, KeyError):
            return False

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def resident(self):
        return resident_bytes(self.process.pid)

    def file_bytes(self):
        """What everything but the log takes on the disk, holes not counted. The log is made of segments of a fixed size."""
        total = 0
        for folder, _, names in os.walk(self.data):
            if os.path.basename(folder) != "wal":
                total += sum(os.stat(os.path.join(folder, name)).st_blocks * 512 for name in names)
        return total


def cpu_s(pid):
    """Processor time of a process since it started, in user and kernel together."""
    with open("/proc/%d/stat" % pid) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid):
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def free_ports(count):
    """Ports below the range from which the system takes those of connections, so that a restart finds them free."""
    found = []
    while len(found) < count:
        port = random.randrange(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


class Tool:
    """The load tool."""

    def __init__(self, path, limit_s):
        self.path, self.limit_s = path, limit_s

    def words(self, server, words):
        return [self.path, "ctl", "--endpoints=" + server.endpoints] + words

    def ctl(self, server, words):
        done = subprocess.run(self.words(server, words), stdout=subprocess.PIPE, timeout=self.limit_s)
        if done.returncode != 0:
            raise RuntimeError("ctl %s: exit code %d" % (" ".join(words), done.returncode))
        return done.stdout

    def begin(self, server, words):
        words = self.words(server, ["bench"] + words + ["-w", "json", "--pid=%d" % server.process.pid])
        return subprocess.Popen(words, stdout=subprocess.PIPE)

    def end(self, run):
        try:
            out, _ = run.communicate(timeout=self.limit_s)
        except subprocess.TimeoutExpired:
            # With an interrupt it still tells what it has.
            run.send_signal(signal.SIGINT)
            out, _ = run.communicate(timeout=30)
        figures = json.loads(out)
        for phase in figures["phases"]:
            for error in phase["errors"]:
                print("    %d errors: %s" % (error["count"], error["kind"]), file=sys.stderr)
        return figures["phases"]

    def bench(self, server, words):
        return self.end(self.begin(server, words))


def load(phase, series=0):
    """The usual figures of a phase."""
    first = phase["series"][series]
    latency = first.get("latency_us", {})
    return {
        "operations/s": sum(one["per_second"] for one in phase["series"]),
        "server CPU us/op": phase["server"]["cpu_us_per_operation"],
        "tool CPU us/op": phase["tool"]["cpu_us_per_operation"],
        "p50 ms": latency.get("p50", 0) / 1e3,
        "p99 ms": latency.get("p99", 0) / 1e3,
    }


class Round:
    """The items on one server. Each gives its figures by name."""

    def __init__(self, tool, server, scale):
        self.tool, self.server, self.scale = tool, server, scale

    def count(self, number):
        return max(int(number * self.scale), 1)

    def bench(self, *words):
        return self.tool.bench(self.server, list(words))

    def some(self, command, number, *words):
        return load(self.bench(command, "--total=%d" % self.count(number), *words)[0])

    def fill(self, keys):
        space = ["--key-space-size=%d" % keys, "--total=%d" % keys, "--sequential-keys"]
        return self.bench("put", *MANY, *PAIRS, *space)

    # Each on a fresh server.

    def put(self):
        return self.some("put", 300_000, *MANY, *PAIRS, "--key-space-size=100000")

    def put_one(self):
        return self.some("put", 5_000, *PAIRS, "--key-space-size=100000")

    def put_10000(self):
        return self.some("put", 300_000, "--clients=10000", "--conns=100", *PAIRS, "--key-space-size=100000")

    def get(self):
        return self.get_with("l")

    def get_serializable(self):
        return self.get_with("s")

    def get_with(self, consistency):
        self.fill(10_000)
        words = ["--key-space-size=10000", "--consistency=" + consistency]
        return self.some("range", 300_000, *MANY, *KEYS, *words)

    def range_1000(self):
        self.fill(10_000)
        return self.some("range", 5_000, "--clients=100", "--conns=10", "0" * 40, "0" * 36 + "1000")

    def txn_mixed(self):
        self.fill(10_000)
        return self.some("txn-mixed", 200_000, *MANY, *PAIRS, "--key-space-size=10000", "--limit=10")

    def lease(self):
        words = ["--clients=1000", "--conns=100", "--leases=10000", "--ttl=3000"]
        return self.some("lease-keepalive", 300_000, *words)

    def watch(self):
        return self.watch_at(1000, 500)

    def watch_calm(self):
        return self.watch_at(10, 100)

    def watch_at(self, rate, puts):
        words = ["--streams=100", "--watch-per-stream=100", "--conns=100", "--clients=10", "--prefix",
                 "--key-space-size=1000", "--put-rate=%d" % rate, "--put-total=%d" % self.count(puts)]
        create, events = self.bench("watch", *words, *PAIRS)
        put, event = events["series"]
        return {
            "events/s": event["per_second"],
            "events/CPU s": event["operations"] / max(events["server"]["cpu_s"], 0.001),
            "tool CPU us/event": events["tool"]["cpu_us_per_operation"],
            "event p50 ms": event["latency_us"]["p50"] / 1e3,
            "event p99 ms": event["latency_us"]["p99"] / 1e3,
            "put p99 ms": put["latency_us"]["p99"] / 1e3,
        }

    def watch_idle(self):
        grown = lambda phases: phases[0]["server"]["resident_end_bytes"] - phases[0]["server"]["resident_begin_bytes"]
        words = ["--conns=100", "--put-total=0", *KEYS]
        streams = grown(self.bench("watch", "--streams=1000", "--watch-per-stream=1", *words)) / 1000
        # A process that has freed memory grows less.
        self.server.stop()
        self.server.start()
        many = grown(self.bench("watch", "--streams=100", "--watch-per-stream=1000", *words))
        return {"bytes/watcher": (many - 100 * streams) / 100_000, "bytes/stream": streams}

    def compaction(self):
        revisions = self.count(500_000)
        self.bench("put", *MANY, *PAIRS, "--key-space-size=1000", "--total=%d" % revisions)
        steady = ["put", "--clients=10", *PAIRS, "--key-space-size=1000", "--rate=500"]
        idle = self.bench(*steady, "--duration=5s")[0]["series"][0]["latency_us"]
        run = self.tool.begin(self.server, steady + ["--duration=15s"])
        time.sleep(1)
        begin = time.monotonic()
        self.tool.ctl(self.server, ["compaction", "--physical", "--command-timeout=300s", str(revisions)])
        took = time.monotonic() - begin
        busy = self.tool.end(run)[0]["series"][0]["latency_us"]
        return {
            "compaction s": took,
            "idle put p99 ms": idle["p99"] / 1e3,
            "put p99 ms": busy["p99"] / 1e3,
            "worst put ms": busy["max"] / 1e3,
            "worst put / idle p99": busy["max"] / idle["p99"],
        }

    # These share one server that holds a million keys.

    def resident(self):
        return {"MB": self.server.resident() / 1e6}

    def file(self):
        return {"MB": self.server.file_bytes() / 1e6}

    def page(self):
        return load(self.bench("range", *ALL, "--limit=500", "--total=30")[0])

    def list_all(self):
        """As a stream where the server knows that, page by page otherwise."""
        phase = self.bench("range", *ALL, "--total=3", "--stream" if self.streams() else "--paginate")[0]
        server = phase["server"]
        return {
            "p50 ms": phase["series"][0]["latency_us"]["p50"] / 1e3,
            "server CPU ms/list": server["cpu_us_per_operation"] / 1e3,
            "memory grown MB": (server["resident_max_bytes"] - server["resident_begin_bytes"]) / 1e6,
        }

    def list_pages(self):
        phase = self.bench("range", *ALL, "--total=3", "--paginate")[0]
        return {"p50 ms": phase["series"][0]["latency_us"]["p50"] / 1e3,
                "server CPU ms/list": phase["server"]["cpu_us_per_operation"] / 1e3}

    def streams(self):
        words = self.tool.words(self.server, ["bench", "range", "x", "--stream", "--total=1"])
        quiet = subprocess.DEVNULL
        return subprocess.run(words, stdout=quiet, stderr=quiet, timeout=60).returncode == 0

    def start_clean(self):
        self.server.stop()
        return {"s": self.server.start()}

    def start_killed(self):
        # With writes that are not in the backend yet, as a crash finds it.
        self.bench("put", *MANY, *PAIRS, "--key-space-size=1000000", "--total=%d" % self.count(20_000))
        self.server.stop(signal.SIGKILL)
        return {"s": self.server.start()}


# Name, method, whether it needs a million keys, and the goals: figure, "<=" or ">=" and the ratio of ours to theirs, or
# "at most" and a bound for ours alone.
ITEMS = [
    ("put", Round.put, False, {"operations/s": (">=", 1.6), "server CPU us/op": ("<=", 0.5), "p99 ms": ("<=", 1.0)}),
    ("put-1-client", Round.put_one, False, {"p50 ms": ("<=", 0.9)}),
    ("put-10000-clients", Round.put_10000, False, {}),
    ("get", Round.get, False, {"operations/s": (">=", 1.3), "server CPU us/op": ("<=", 0.6)}),
    ("get-serializable", Round.get_serializable, False, {"operations/s": (">=", 1.3), "server CPU us/op": ("<=", 0.6)}),
    ("range-1000", Round.range_1000, False, {"server CPU us/op": ("<=", 0.5)}),
    ("txn-mixed", Round.txn_mixed, False, {"server CPU us/op": ("<=", 0.5)}),
    ("lease-keepalive", Round.lease, False, {"server CPU us/op": ("<=", 0.4)}),
    ("watch", Round.watch, False, {"events/CPU s": (">=", 3.0), "event p99 ms": ("<=", 0.3)}),
    ("watch-calm", Round.watch_calm, False, {"events/CPU s": (">=", 3.0), "event p99 ms": ("<=", 0.3)}),
    ("watch-idle", Round.watch_idle, False,
     {"bytes/watcher": ("at most", 350), "bytes/stream": ("at most", 18_000)}),
    ("compaction", Round.compaction, False, {"worst put / idle p99": ("at most", 3)}),
    ("resident", Round.resident, True, {"MB": ("<=", 0.5)}),
    ("file", Round.file, True, {"MB": ("<=", 1.3)}),
    ("page", Round.page, True, {"p50 ms": ("<=", 0.05)}),
    ("list", Round.list_all, True, {"p50 ms": ("<=", 0.5)}),
    ("list-paged", Round.list_pages, True, {}),
    ("start-clean", Round.start_clean, True, {"s": ("<=", 0.5)}),
    ("start-killed", Round.start_killed, True, {"s": ("<=", 0.7)}),
]


def note(results, side, name, figures):
    """Keeps what was measured, and shows it."""
    for figure, value in figures.items():
        results.setdefault((name, figure), {}).setdefault(side, []).append(value)
    shown = ", ".join("%s %.4g" % pair for pair in figures.items())
    print("  %-18s %-6s %s" % (name, side, shown), file=sys.stderr, flush=True)


def run_side(side, command, chosen, options, results):
    """One round of the items on one side."""
    items = [item for item in ITEMS if item[0] in chosen]
    fresh = [item for item in items if not item[2]]
    shared = [item for item in items if item[2]]
    for group in [[item] for item in fresh] + ([shared] if shared else []):
        folder = tempfile.mkdtemp(prefix="etcd-compare-", dir=options.dir)
        # What earlier runs left to be written must not slow this one.
        os.sync()
        with open(os.path.join(folder, "log"), "wb") as log:
            server = Server(command, folder, log)
            try:
                server.start()
                one = Round(Tool(options.ours, options.limit), server, options.scale)
                if group is shared:
                    one.fill(one.count(1_000_000))
                    time.sleep(2)
                for name, method, _, _ in group:
                    try:
                        figures = method(one)
                    except Exception as error:  # The other items can still be measured.
                        print("  %s, %s: %s" % (name, side, error), file=sys.stderr)
                        if group is shared and not server.healthy():
                            break
                        continue
                    note(results, side, name, figures)
            finally:
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def print_table(results, goals):
    print("%-18s %-22s %12s %12s %8s  %s" % ("item", "figure", "ours", "theirs", "ratio", "goal"))
    for (name, figure), sides in results.items():
        ours, theirs = (statistics.median(sides[side]) if sides.get(side) else None for side in ("ours", "theirs"))
        shown = ["%.4g" % value if value is not None else "-" for value in (ours, theirs)]
        ratio = ours / theirs if ours is not None and theirs else None
        sign, bound = goals[name].get(figure, ("", 0))
        measured = ours if sign == "at most" else ratio
        verdict = ""
        if sign and measured is not None:
            met = measured >= bound if sign == ">=" else measured <= bound
            verdict = "%s %g %s" % (sign, bound, "met" if met else "MISSED")
        ratio = "%.3f" % ratio if ratio is not None else "-"
        print("%-18s %-22s %12s %12s %8s  %s" % (name, figure, shown[0], shown[1], ratio, verdict))


def compare(description, goals, run_side, usual=None):
    """The program: measures the items that are asked for, side by side, and prints the table. `goals` has a name for each
    item; `usual` are those that are measured unless others are asked for."""
    names = list(goals)
    parser = argparse.ArgumentParser(description=description.splitlines()[0], epilog="Items: " + ", ".join(names))
    parser.add_argument("--etcd", required=True, help="the other etcd's binary")
    parser.add_argument("--ours", default=os.path.join(HERE, "..", "target", "release", "etcd"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", default=",".join(usual or names), help="names, with commas between them")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the operations and keys, for a quick look")
    parser.add_argument("--limit", type=float, default=300, help="seconds that one run of the load tool may take")
    parser.add_argument("--dir", help="where data goes: a folder on the disk to measure")
    parser.add_argument("--json", help="a file for every single figure")
    options = parser.parse_args()
    options.ours = os.path.abspath(options.ours)
    chosen = options.items.split(",")
    for name in chosen:
        if name not in names:
            parser.error("no item is called %r; there are %s" % (name, ", ".join(names)))
    chosen = [name for name in names if name in chosen]
    sides = [("ours", [options.ours, "server"]), ("theirs", [os.path.abspath(options.etcd)])]
    results = {}
    try:
        for number in range(options.rounds):
            print("round %d of %d" % (number + 1, options.rounds), file=sys.stderr)
            # Who goes first changes, so that neither always finds the machine warm.
            for side, command in sides if number % 2 == 0 else reversed(sides):
                run_side(side, command, chosen, options, results)
    except KeyboardInterrupt:
        print("stopped; what there is so far:", file=sys.stderr)
    print_table(results, goals)
    if options.json:
        rows = [{"item": name, "figure": figure, **values} for (name, figure), values in results.items()]
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    compare(__doc__, {name: goals for name, _, _, goals in ITEMS}, run_side)
