#!/bin/sh
# Goal: whatever is killed when, no accepted event is lost: kill -9 at random
# instants while a client sends as fast as it can, start again, and every event that
# was answered `accepted` is there with the seq it was given; sending everything
# again adds only what was never accepted.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, json, os, random, signal, threading, time
from daemon import *

seed = int(os.environ.get("CC_SEED") or time.time())
print(f"seed {seed} (CC_SEED repeats it)")
rnd = random.Random(seed)
ROUNDS = int(os.environ.get("CC_ROUNDS") or 20)
d = Daemon()
atexit.register(d.kill_at_exit)
accepted = {}                  # id -> (case, seq)
number = 0

for i in range(ROUNDS):
    d.start()
    line = d.line()
    sent = []
    for k in range(400):
        number += 1
        sent.append(event(f"e{number}", f"case-{number % 37}", time=stamp(-60)))
    fuse = rnd.random() * 0.15
    killer = threading.Timer(fuse, d.p.kill)

    def feed():
        try:
            for e in sent:
                line.send(e)
        except OSError:
            pass
    feeder = threading.Thread(target=feed)
    feeder.start()
    killer.start()
    try:
        for e in sent:
            a = line.read()
            if a is None:
                break
            check(a["status"] in ("accepted", "duplicate"), f"{a}")
            accepted[a["id"]] = (e["subject"], a["seq"])
    except (OSError, ValueError):
        pass
    feeder.join()
    killer.join()
    d.p.wait()
    d.out.close()
    line.close()

print(f"{len(accepted)} accepted in {ROUNDS} rounds")
check(len(accepted) > 0, "no round accepted anything")
d.start()
line = d.line()
kept = {}
for c in range(37):
    for e in items(line, "case.events", case=f"case-{c}", limit=1000):
        kept[e["event"]["id"]] = (e["event"]["subject"], e["seq"])
lost = [i for i in accepted if kept.get(i) != accepted[i]]
check(not lost, f"lost or changed: {lost[:5]}, seed {seed}")
check(line.ask("status")["store"]["events"] == len(kept), "events that no case lists")
for ident in rnd.sample(sorted(accepted), min(50, len(accepted))):
    a = line.tell({"jsonrpc": "2.0", "id": 1, "method": "case.events",
                   "params": {"case": accepted[ident][0], "limit": 1}})
    check("result" in a, f"{a}")
d.stop()
EOF
