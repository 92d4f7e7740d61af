#!/bin/sh
# Goal: `accepted`, `duplicate` and `id_conflict` are written to the socket only after
# the log of the store was synced: seen from outside, by its system calls.
set -u
command -v strace > /dev/null || { echo "strace is missing"; exit 1; }
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, os, re, signal, subprocess
from daemon import *

d = Daemon()
trace = os.path.join(TMP, "trace")
d.wrap = ["strace", "-f", "-qq", "-s", "400", "-o", trace, "-e",
          "trace=fdatasync,fsync,write,writev,sendmsg,sendto"]
# A leak checker cannot run below strace.
env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
atexit.register(d.kill_at_exit)
d.start(env=env)
line = d.line()
N = 25
for i in range(N):
    check(line.tell(event(f"e{i}", f"c{i % 3}"))["status"] == "accepted", "an event")
again = event("e0", "c0")
again["time"] = None
line.close()
child = open(f"/proc/{d.p.pid}/task/{d.p.pid}/children").read().split()
os.kill(int(child[0]), signal.SIGTERM)
check(d.p.wait(WAIT) == 0, "the daemon under strace")

synced = answers = 0
fresh = False
for text in open(trace, errors="replace"):
    if re.search(r"(fdatasync|fsync)(\(| resumed).*= 0$", text):
        fresh = True
        synced += 1
    for _ in re.findall(r'\\"status\\":\\"(?:accepted|duplicate)\\"', text):
        check(fresh, "an answer without a sync since the last one: " + text[:300])
        answers += 1
        fresh = False
print(f"{answers} answers, {synced} syncs")
check(answers == N, f"{answers} answers seen, not {N}")
check(synced >= N, "fewer syncs than answers, one event at a time")
EOF
