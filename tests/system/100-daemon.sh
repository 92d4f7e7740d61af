#!/bin/sh
# Goal: the daemon takes events, lists exactly the clocks that simulate prints for
# them, keeps them over a restart, knows duplicates and conflicts, pages its lists
# without a gap, tells the people of a case by mail, and ends with every handle
# closed; a second daemon on the same state or socket is refused.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, glob, json, os, subprocess, sys
from daemon import *

d = Daemon(more="limits: {cache: 1}")
atexit.register(d.kill_at_exit)
d.start()

# One case of many kinds of events, some of them repeated.
T = "2026-03-%02dT%02d:00:00-06:00"
story = [
    event("e1", "k1", time=T % (2, 9), data={"intake_id": "i1", "priority": "P1",
          "screened": False, "victim_person_ids": ["v1", "v2"]}),
    event("e2", "k1", type="stage.progressed", time=T % (2, 9), data={"stage_id": "s1", "to": "INV"}),
    event("e3", "k1", type="contact.made", time=T % (3, 8), data={"contact_id": "x1", "mode": "face_to_face",
          "seen_person_ids": ["v1"]}),
    event("e4", "k1", type="case.assigned", time=T % (2, 10), data={"role": "primary",
          "staff_id": "s-worker"}),
]
line = d.line()
seqs = []
for e in story:
    a = line.tell(e)
    check(a["status"] == "accepted" and a["id"] == e["id"], f"{e['id']}: {a}")
    seqs.append(a["seq"])
check(seqs == sorted(set(seqs)), f"seq does not increase: {seqs}")
a = line.tell(story[0])
check(a["status"] == "duplicate" and a["seq"] == seqs[0], f"duplicate: {a}")
a = line.tell(dict(story[0], subject="k2"))
check(a["status"] == "rejected" and a["error"]["code"] == "id_conflict", f"conflict: {a}")

# Many cases in one pipeline; answers come in the order of the lines.
many = [event(f"m{i}", f"case-{i:03d}", time=stamp(-60)) for i in range(300)]
line.send(b"".join(json.dumps(e).encode() + b"\n" for e in many))
for e in many:
    a = line.read()
    check(a["status"] == "accepted" and a["id"] == e["id"], f"{e['id']}: {a}")

# Exactly what simulate prints.
lists = {}
for case, lines in (("k1", story), ("case-007", [many[7]])):
    status = line.ask("status")
    got = items(line, "clocks.list", case=case, limit=3)
    lists[case] = got
    check(len(got) > 0, f"{case}: no clocks")
    out = subprocess.run([os.path.join(BIN, "caseclock"), "simulate", "--policy", PACK, "--until",
                          status["now"]], input="".join(json.dumps(e) + "\n" for e in lines),
                         capture_output=True, text=True)
    check(out.returncode == 0, out.stderr)
    want = out.stdout.splitlines()
    mine = [json.dumps(c, separators=(",", ":")) for c in got]
    check(mine == want, f"{case}: simulate and the daemon differ:\n" +
          "\n".join(sorted(set(want) ^ set(mine))))

# Pages of any size join to the same list.
every = items(line, "clocks.list", limit=1000)
for size in (1, 7, 100):
    some = items(line, "clocks.list", limit=size)
    check(some == every, f"pages of {size} do not join: {len(some)} of {len(every)}")
keys = [(c["case"], c["clock"], c["subject"], c["period"]) for c in every]
check(keys == sorted(keys) and len(keys) == len(set(keys)), "the list is not in order")
only = items(line, "clocks.list", clock="priority-2-initial-contact", state=["running"])
check(only and all(c["clock"] == "priority-2-initial-contact" and c["state"] == "running"
                   for c in only), "a filter lets others through")

# Whoever does not take part: a second daemon.
second = subprocess.run([os.path.join(BIN, "caseclockd"), "-c", d.config], capture_output=True,
                        text=True, cwd=d.home)
check(second.returncode == 7 and "somebody listens" in second.stderr, f"second: {second}")
with open(d.config) as f:
    text = f.read()
d.write("c2.yaml", text.replace("path: s,", "path: s2,"))
second = subprocess.run([os.path.join(BIN, "caseclockd"), "-c", os.path.join(d.home, "c2.yaml")],
                        capture_output=True, text=True, cwd=d.home)
check(second.returncode == 6 and "another caseclockd" in second.stderr, f"second: {second}")
check(not os.path.exists(os.path.join(d.home, "s2")), "the second left its socket behind")

events_before = items(line, "case.events", case="k1")
alerts_before = items(line, "alerts.list")
check([e["event"]["id"] for e in events_before] == ["e1", "e2", "e3", "e4"], "case.events")
x = line.ask("clock.explain", case="k1", clock="priority-1-initial-contact", subject="v1")
check(len(x["items"]) == 1 and x["items"][0]["origin"]["id"] == "e1" and
      x["items"][0]["text"] and "why" not in x, f"explain: {x}")
x = line.ask("clock.explain", case="k1", clock="priority-1-initial-contact", subject="nobody")
check(x["items"] == [] and x["why"], f"explain without a clock: {x}")
line.close()
d.stop()
check(not os.path.exists(d.path), "the socket is left behind")

d.start()
line = d.line()
now = items(line, "clocks.list", case="k1")
check(now == lists["k1"], "after a restart the clocks of k1 are others")
check(items(line, "case.events", case="k1") == events_before, "events after a restart")
after = items(line, "alerts.list")
check(after[:len(alerts_before)] == alerts_before and len(after) == len(alerts_before),
      "a restart fires again")
check(line.tell(story[0])["status"] == "duplicate", "after a restart it is no duplicate")
check(line.tell(story[1])["seq"] == seqs[1], "after a restart its seq is another")

# A backup is a store of its own.
backup = os.path.join(d.home, "copy.db")
b = line.ask("backup", path=backup)
check(os.path.getsize(backup) == b["bytes"] and os.stat(backup).st_mode & 0o77 == 0, "backup")
line.send({"jsonrpc": "2.0", "id": 2, "method": "backup", "params": {"path": backup}})
check(line.read()["error"]["code"] == -32602, "a backup over a file")
d.stop()
EOF
