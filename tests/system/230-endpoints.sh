#!/bin/sh
# Goal: endpoints of a running daemon that drip, that are gone (410), that ask for
# patience (429 with Retry-After) and that are refused delay nobody: the sound one has
# everything while the others hang.  What is gone stays disabled over a restart, until it
# is enabled or its URL is another; what failed is tried by one message and comes back;
# nothing is lost.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, base64, os, signal, socket, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from daemon import *

CASES = 12
secret = os.path.join(TMP, "secret")
with open(secret, "w") as f:
    f.write("whsec_" + base64.b64encode(os.urandom(24)).decode() + "\n")

# What each path does, and the ids of the messages that it was sent.
does = {"/ok": 204, "/drip": "drip", "/gone": 410, "/busy": 429}
seen = {path: [] for path in does}
taken = {path: set() for path in does}
ends = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        ident = self.headers["webhook-id"]
        self.rfile.read(int(self.headers["content-length"]))
        what = does[self.path]
        seen[self.path].append(ident)
        try:
            if what == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ends.wait(0.1):
                    self.wfile.write(b"x")
                return
            self.send_response(what)
            if what == 429:
                self.send_header("Retry-After", "2")
            if what == 204:
                taken[self.path].add(ident)
            else:
                self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:
            self.close_connection = True

    def log_message(self, *ignored):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *ignored):
        pass  # the daemon ended its connection


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
atexit.register(ends.set)
port = server.server_port
# A port where nobody listens: bound, never listening, so that nobody else gets it.
closed = socket.socket()
closed.bind(("127.0.0.1", 0))

STAFF = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-worker,caseworker,,drip,s-sup,,,,,
s-sup,supervisor,,gone,s-dir,,,,,
s-dir,program_director,,ok,s-adm,,,,,
s-adm,program_administrator,,busy,s-reg,,,,,
s-reg,regional_director,,refused,,,,,,
"""


def hooks(gone="gone"):
    urls = {"drip": f"http://127.0.0.1:{port}/drip", "gone": f"http://127.0.0.1:{port}/{gone}",
            "ok": f"http://127.0.0.1:{port}/ok", "busy": f"http://127.0.0.1:{port}/busy",
            "refused": f"http://127.0.0.1:{closed.getsockname()[1]}/"}
    return "".join(f"  {n}: {{url: \"{u}\", secret_file: {secret}, allow_private: yes}}\n"
                   for n, u in urls.items())


CONFIG = """state_dir: state
policy: {pack}
directory: directory.csv
socket: {{path: s, mode: "0666"}}
routes:
  - {{source: "*", staff_id: s-worker}}
operator: {{webhook: ok}}
webhooks:
  timeout_ms: 1500
{more}
limits: {{breaker: 2, rate: 60000}}
alerts: {{retry_first: 1s, retry_most: 2s, group_wait: 0s}}
"""
d = Daemon(more=hooks(), directory=STAFF, config=CONFIG)
atexit.register(d.kill_at_exit)
d.start()
line = d.line()


def state(name):
    return {x["name"]: x for x in line.ask("status")["endpoints"]}["webhook:" + name]


def messages(name):
    return [m for m in items(line, "messages.list") if m["channel"] == "webhook:" + name]


for i in range(CASES):
    e = event(f"e{i}", case=f"c{i}", time=stamp(-4 * 86400))
    check(line.tell(e)["status"] == "accepted", "an event is refused")

# The sound one has all of its messages while the others are in trouble.
want = until("messages", lambda: messages("ok"))
until("the sound endpoint to have everything",
      lambda: {m["id"] for m in messages("ok")} <= taken["/ok"])
until("the gone one to be disabled", lambda: state("gone")["state"] == "disabled")
until("the dripping one to be left alone", lambda: state("drip")["state"] == "open")
check(state("ok")["state"] == "ok", str(state("ok")))
dead = [m for m in messages("gone") if m["state"] == "dead"]
waits = [m for m in messages("gone") if m["state"] != "dead"]
check(1 <= len(dead) <= 4 and len(dead) + len(waits) >= CASES, f"{len(dead)} {len(waits)}")
check(state("drip")["failures"] >= 2, str(state("drip")))
if messages("busy"):
    until("the busy one to be asked", lambda: seen["/busy"])

# It stays so over a restart and a reload.
line.close()
d.stop()
before = len(seen["/gone"])
d.start()
line = d.line()
check(state("gone")["state"] == "disabled", "a restart forgets: " + str(state("gone")))
d.p.send_signal(signal.SIGHUP)
until("the reload", lambda: line.ask("status")["counters"]["reloads"] == 1)
check(state("gone")["state"] == "disabled", "a reload forgets")
until("another turn of the dripping one", lambda: state("drip")["failures"] >= 2)
check(len(seen["/gone"]) == before, "a disabled endpoint was sent to")

# Enabled, and healthy again: what waited goes out.
for path in ("/gone", "/drip", "/busy"):
    does[path] = 204
ends.set()
line.ask("endpoint.enable", endpoint="webhook:gone")
for name in ("gone", "drip", "busy"):
    until(name + " to have everything", lambda: not [m for m in messages(name)
          if m["state"] in ("queued", "claimed")])
    check(state(name)["state"] == "ok", name + ": " + str(state(name)))
    sent = {m["id"] for m in messages(name) if m["state"] == "sent"}
    check(sent <= taken["/" + name], name + ": sent, but never taken")

# Another URL is another endpoint.
does["/gone"] = 410
check(line.tell(event("late", case="c-late", time=stamp(-4 * 86400)))["status"] == "accepted", "")
until("the gone one to be disabled again", lambda: state("gone")["state"] == "disabled")
d.write("c.yaml", CONFIG.format(pack=PACK, port=9, more=hooks(gone="ok")))
d.p.send_signal(signal.SIGHUP)
until("the second reload", lambda: line.ask("status")["counters"]["reloads"] == 2)
check(state("gone")["state"] == "ok", "another URL, and still disabled")
line.close()
d.stop()
EOF
