#!/usr/bin/env python3
"""Keeps one server under full load for minutes, with a compaction every minute, and shows whether memory and file level off.

See README.md beside this file. Writes a line of figures every few seconds to a CSV file and draws them at the end. Ends
with exit code 1 when the last quarter of the time took more than the second one did, beyond --growth.
"""

import argparse, csv, json, os, shutil, signal, sys, tempfile, time

from compare import Server, Tool

FIGURES = ["resident MB", "file MB", "puts/s"]


def blocks(folder):
    """Bytes on the disk of the database; the log has files of a fixed size and count."""
    return sum(os.stat(os.path.join(folder, name)).st_blocks * 512 for name in os.listdir(folder))


def revision(tool, server):
    return json.loads(tool.ctl(server, ["get", "none", "-w", "json"]))["header"]["revision"]


def loads(tool, server, minutes):
    """All loads at once, each for the whole time."""
    span = "--duration=%ds" % (minutes * 60)
    keys = ["--key-size=40", "--key-space-size=100000"]
    many = ["--clients=300", "--conns=30", span]
    return [
        tool.begin(server, ["put", "--val-size=256"] + keys + many),
        tool.begin(server, ["range"] + keys + many),
        tool.begin(server, ["watch", "--streams=10", "--watch-per-stream=10", "--prefix", "--put-rate=20",
                            "--put-total=%d" % (minutes * 60 * 20)]),
    ]


def soak(tool, server, options):
    """Samples until all loads have ended; a compaction every minute."""
    rows, begin, compact_at = [], time.monotonic(), 60
    kept_from = 0
    last = (begin, revision(tool, server))
    running = loads(tool, server, options.minutes)
    while any(load.poll() is None for load in running):
        time.sleep(options.every)
        now, reached = time.monotonic(), revision(tool, server)
        rows.append([round(now - begin), server.resident() / 1e6, blocks(os.path.join(server.data, "member", "snap")) / 1e6,
                     (reached - last[1]) / (now - last[0])])
        last = (now, reached)
        if now - begin > compact_at:
            compact_at += 60
            # A minute of history stays, so that watchers who are a little behind find what they missed.
            if kept_from:
                tool.ctl(server, ["compaction", str(kept_from)])
            kept_from = reached
        if now - begin > options.minutes * 60 + 600:
            print("a load does not end: it counts as far as it came")
            for load in running:
                load.send_signal(signal.SIGINT)
            break
    for load in running:
        for phase in tool.end(load):
            for series in phase["series"]:
                print("%-8s %12.0f operations/s" % (series["name"], series["per_second"]))
    return rows


def plot(title, values, width=100, height=12):
    """A chart for a terminal; each column is the greatest value of its time."""
    step = max(1, -(-len(values) // width))
    columns = [max(values[at:at + step]) for at in range(0, len(values), step)]
    top = max(columns) or 1
    print("\n%s, up to %.1f" % (title, top))
    for line in range(height, 0, -1):
        print("%8.1f |%s" % (top * line / height, "".join("#" if value * height >= top * (line - 0.5) else " " for value in columns)))
    print(" " * 9 + "+" + "-" * len(columns))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", default="target/release/etcd", help="the server, and the load tool")
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--every", type=float, default=5, help="seconds between two lines of figures")
    parser.add_argument("--growth", type=float, default=0.15, help="by how much the last quarter may exceed the second")
    parser.add_argument("--dir", default=tempfile.gettempdir(), help="where data goes")
    parser.add_argument("--csv", default="soak.csv", help="where the figures go")
    options = parser.parse_args()
    ours = os.path.abspath(options.ours)
    folder = tempfile.mkdtemp(prefix="soak-", dir=options.dir)
    with open(os.path.join(folder, "log"), "w") as log:
        server = Server([ours, "server"], folder, log)
        try:
            server.start()
            rows = soak(Tool(ours, options.minutes * 60 + 900), server, options)
        finally:
            server.stop()
    with open(options.csv, "w", newline="") as out:
        csv.writer(out).writerows([["seconds"] + FIGURES] + rows)
    shutil.rmtree(folder)
    level = True
    for number, name in enumerate(FIGURES, 1):
        values = [row[number] for row in rows]
        plot(name, values)
        quarter = len(values) // 4
        before, after = max(values[quarter:2 * quarter]), max(values[3 * quarter:])
        print("second quarter at most %.1f, last quarter at most %.1f (%+.0f %%)" % (before, after, (after / before - 1) * 100))
        level &= name == "puts/s" or after <= before * (1 + options.growth)
    print("levels off" if level else "still grows")
    return 0 if level else 1


if __name__ == "__main__":
    sys.exit(main())
