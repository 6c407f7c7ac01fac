"""Hosts on one machine, joined by links that take their time: network namespaces, and a TUN device in each.

Every packet passes through this process, which hands it on when its time has come. No kernel module that delays packets is
needed, but the right to make namespaces is. A packet takes the delay and what this process takes, about 0.1 ms.
"""

import ctypes, fcntl, heapq, os, select, struct, subprocess, threading, time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def enter(path):
    with open(path) as space:
        if LIBC.setns(space.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter the network namespace " + path)


class Hosts:
    """So many hosts, 10.77.0.1 and on. What goes from one to another takes `delay_s` each way."""

    def __init__(self, count, delay_s):
        self.delay_s = delay_s
        self.names = ["etcd-bench-%d-%d" % (os.getpid(), number) for number in range(count)]
        self.addresses = ["10.77.0.%d" % (number + 1) for number in range(count)]
        self.devices = {}
        self.made = []
        self.ends = threading.Event()
        try:
            for name, address in zip(self.names, self.addresses):
                self.make(name, address)
        except Exception:
            self.close()
            raise
        self.thread = threading.Thread(target=self.forward, daemon=True)
        self.thread.start()

    def make(self, name, address):
        run("ip", "netns", "add", name)
        self.made.append(name)
        made = {}

        # A thread has a network namespace of its own.
        def inside():
            try:
                enter("/var/run/netns/" + name)
                device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
                fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"slow0", IFF_TUN | IFF_NO_PI))
                made["device"] = device
            except OSError as error:
                made["error"] = error

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if "error" in made:
            raise made["error"]
        self.devices[bytes(int(part) for part in address.split("."))] = made["device"]
        for words in (["addr", "add", address + "/24", "dev", "slow0"], ["link", "set", "slow0", "up"],
                      ["link", "set", "lo", "up"]):
            run("ip", "-n", name, *words)

    def on(self, number):
        """What stands before a command that runs on a host."""
        return ["ip", "netns", "exec", self.names[number]]

    def forward(self):
        due, counter = [], 0
        readers = list(self.devices.values())
        while not self.ends.is_set():
            wait = 0.1 if not due else min(max(due[0][0] - time.monotonic(), 0), 0.1)
            ready, _, _ = select.select(readers, [], [], wait)
            now = time.monotonic()
            for device in ready:
                try:
                    while True:
                        packet = os.read(device, 65536)
                        to = self.devices.get(packet[16:20])
                        if packet[0] >> 4 == 4 and to is not None:
                            counter += 1
                            heapq.heappush(due, (now + self.delay_s, counter, to, packet))
                except BlockingIOError:
                    pass
            while due and due[0][0] <= time.monotonic():
                _, _, to, packet = heapq.heappop(due)
                try:
                    os.write(to, packet)
                except OSError:
                    pass  # As any network, this one may lose a packet.

    def close(self):
        self.ends.set()
        if hasattr(self, "thread"):
            self.thread.join()
        for device in self.devices.values():
            os.close(device)
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name])
