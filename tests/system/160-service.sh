#!/bin/sh
# Goal: under a service manager the daemon takes the socket that is handed in and
# leaves it alone, says READY when it can be spoken to, RELOADING and READY around a
# reload, STOPPING at the end, feeds the watchdog while it lives, and marks its log
# lines with their priority; each kind of start-up failure has its exit status.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, os, signal, socket, subprocess
from daemon import *

d = Daemon()
os.chdir(d.home)
words = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
words.bind("notify")
words.settimeout(WAIT)
door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
door.bind("door")
door.listen(16)
env = dict(os.environ, NOTIFY_SOCKET=os.path.join(d.home, "notify"), LISTEN_FDS="1",
           WATCHDOG_USEC="400000", JOURNAL_STREAM="8:1")
if len(env["NOTIFY_SOCKET"]) > 100:
    env["NOTIFY_SOCKET"] = "notify"
log = open("log", "wb")
p = subprocess.Popen(["/bin/sh", "-c", 'export LISTEN_PID=$$; exec "$@" 3<&%d' % door.fileno(),
                      "sh", os.path.join(BIN, "caseclockd"), "-c", d.config],
                     stdout=log, stderr=log, env=env, pass_fds=[door.fileno()])
atexit.register(lambda: p.poll() is None and p.kill())


def hear(what):
    """Waits for a word; WATCHDOG may come in between."""
    while True:
        try:
            said = words.recv(4096).decode()
        except socket.timeout:
            check(False, f"{what} is never said: {open('log').read()[-2000:]}")
        if what in said:
            return said
        check(said.startswith("WATCHDOG=1") or what == "WATCHDOG=1", f"{said!r}, not {what}")


hear("READY=1")
line = Line(os.path.join(d.home, "door"))
check(line.tell(event("e1"))["status"] == "accepted", "through the socket handed in")
for _ in range(3):
    hear("WATCHDOG=1")
p.send_signal(signal.SIGHUP)
hear("RELOADING=1")
hear("READY=1")
p.send_signal(signal.SIGTERM)
hear("STOPPING=1")
check(p.wait(WAIT) == 0, f"exit status {p.returncode}")
check(os.path.exists("door"), "the socket that was handed in is gone")
check(not os.path.exists("s"), "the socket of the configuration was made too")
log.close()
for text in open("log"):
    check(text[0] == "<" and text[1].isdigit() and text[2] == ">", f"no priority: {text}")


def fails(status, words_, *args, **kw):
    r = subprocess.run([os.path.join(BIN, "caseclockd"), *args], capture_output=True, text=True,
                       cwd=d.home, timeout=WAIT, **kw)
    check(r.returncode == status and words_ in r.stderr, f"{args}: {r}, not {status} {words_}")


config = open(d.config).read()
fails(2, "unexpected argument", "extra")
fails(2, "Try caseclockd --help", "--nonsense")
fails(3, "nowhere.yaml", "-c", "nowhere.yaml")
d.write("x.yaml", config.replace("tls: none", "tls: maybe"))
fails(3, "x.yaml:8:", "-c", "x.yaml")
fails(3, "x.yaml:8:", "-c", "x.yaml", "--check-config")
d.write("x.yaml", config.replace(PACK, "/nowhere"))
fails(4, "nowhere", "-c", "x.yaml")
d.write("x.yaml", config.replace("directory.csv", "nowhere.csv"))
fails(5, "nowhere.csv", "-c", "x.yaml")
d.write("x.yaml", config.replace("state_dir: state", "state_dir: /proc/state"))
fails(6, "/proc/state", "-c", "x.yaml")
d.write("file", "")
d.write("x.yaml", config.replace("path: s,", "path: file,"))
fails(7, "something else has that name", "-c", "x.yaml")
d.write("x.yaml", config.replace("path: s,", "path: no/such/s,"))
fails(7, "no/such/s", "-c", "x.yaml")
for option, text in (("--help", "Usage: caseclockd"), ("--version", "caseclockd ")):
    r = subprocess.run([os.path.join(BIN, "caseclockd"), option], capture_output=True, text=True)
    check(r.returncode == 0 and r.stdout.startswith(text) and not r.stderr, f"{option}: {r}")

# A socket that a dead daemon left behind is no hindrance.
left = socket.socket(socket.AF_UNIX)
left.bind("s")
left.close()
d.start()
check(d.line().tell(event("e2"))["status"] == "accepted", "after a socket was left behind")
d.stop()
EOF
