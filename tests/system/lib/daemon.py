"""Run caseclockd for a system test, and speak with it.

A Daemon lives below $CC_TMP with the Texas pack, three people and a mail server that does
not answer, unless told otherwise.  Everything waits for a condition, never for a time.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time

BIN = os.environ["CC_BIN"]
SRC = os.environ["CC_SRC"]
TMP = os.environ["CC_TMP"]
if not os.path.isabs(BIN):
    BIN = os.path.join(SRC, BIN)
PACK = os.path.join(SRC, "policy", "packs", "texas-cps")
WAIT = 60

CONFIG = """state_dir: state
policy: {pack}
directory: directory.csv
socket: {{path: s, mode: "0666"}}
routes:
  - {{source: "*", staff_id: s-duty}}
operator: {{email: operator@example.org}}
mail: {{server: "127.0.0.1:{port}", from: caseclock@example.org, tls: none}}
{more}
"""
DIRECTORY = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-duty,program_director,duty@example.org,,,,,,,
s-sup,supervisor,sup@example.org,,s-duty,,,,,
s-worker,caseworker,worker@example.org,,s-sup,,,,,
"""


def check(ok, text):
    if not ok:
        print(text)
        sys.exit(1)


def until(what, probe, seconds=WAIT):
    """The first true answer of probe(); the test fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = probe()
        if got:
            return got
        time.sleep(0.01)
    print("waited in vain for " + what)
    sys.exit(1)


def stamp(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def event(ident, case="c1", **more):
    e = {"specversion": "1.0", "id": ident, "source": "/t", "type": "intake.received",
         "subject": case, "time": stamp(-3600),
         "data": {"intake_id": "i-" + ident, "priority": "P2", "screened": False,
                  "victim_person_ids": ["v1"]}}
    e.update(more)
    return e


class Line:
    """One connection."""

    def __init__(self, path, timeout=WAIT):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(timeout)
        # A path below a deep folder may be too long for a socket.
        here = os.getcwd()
        os.chdir(os.path.dirname(path))
        try:
            self.s.connect(os.path.basename(path))
        finally:
            os.chdir(here)
        self.f = self.s.makefile("rb")

    def send(self, what):
        if not isinstance(what, bytes):
            what = json.dumps(what).encode() + b"\n"
        self.s.sendall(what)

    def read(self):
        """The next answer; None at the end of the connection."""
        try:
            line = self.f.readline()
        except ConnectionResetError:
            return None
        return json.loads(line) if line.endswith(b"\n") else None

    def ask(self, method, **params):
        self.send({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        a = self.read()
        check(a is not None and "result" in a, f"{method} {params}: {a}")
        return a["result"]

    def tell(self, e):
        self.send(e)
        return self.read()

    def close(self):
        self.f.close()
        self.s.close()


class Daemon:
    def __init__(self, more="", port=9, name="d", directory=DIRECTORY, config=CONFIG):
        self.home = os.path.join(TMP, name)
        os.makedirs(self.home, exist_ok=True)
        self.config = os.path.join(self.home, "c.yaml")
        self.logname = os.path.join(self.home, "log")
        self.path = os.path.join(self.home, "s")
        self.write("c.yaml", config.format(pack=PACK, port=port, more=more))
        self.write("directory.csv", directory)
        self.p = None
        self.wrap = []

    def write(self, name, text):
        with open(os.path.join(self.home, name), "w") as f:
            f.write(text)

    def log(self):
        with open(self.logname, errors="replace") as f:
            return f.read()

    def start(self, env=None):
        self.out = open(self.logname, "ab")
        before = os.path.getsize(self.logname)
        self.p = subprocess.Popen(self.wrap + [os.path.join(BIN, "caseclockd"), "-c", self.config],
                                  stdout=self.out, stderr=self.out, cwd=self.home, env=env)

        def up():
            if self.p.poll() is not None:
                print(self.log()[-4000:])
                check(False, f"the daemon ended with {self.p.returncode}")
            with open(self.logname, "rb") as f:
                f.seek(before)
                return b"running: policy" in f.read()
        until("the daemon's start", up)
        return self

    def line(self):
        return Line(self.path)

    def stop(self, number=signal.SIGTERM):
        """Ends it; with SIGTERM the exit status has to be 0, which it is only when every
        handle was closed."""
        self.p.send_signal(number)
        try:
            rc = self.p.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
            print(self.log()[-4000:])
            check(False, "the daemon does not end")
        self.out.close()
        if number == signal.SIGTERM and rc != 0:
            print(self.log()[-4000:])
            check(False, f"exit status {rc} after SIGTERM")
        return rc

    def kill_at_exit(self):
        if self.p is not None and self.p.poll() is None:
            self.p.kill()
            self.p.wait()


def items(line, method, **params):
    """All items of a list, page by page."""
    got, cursor = [], None
    while True:
        page = line.ask(method, **params, **({"cursor": cursor} if cursor else {}))
        got += page["items"]
        cursor = page["next"]
        if cursor is None:
            return got
