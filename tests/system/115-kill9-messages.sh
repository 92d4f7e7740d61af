#!/bin/sh
# Goal: whatever is killed when, nobody is left untold: kill -9 at random instants while
# alerts fire and leave, start again, and every message arrives at least once, each
# repeat is the same under the same id, and none is missing.  CC_KILLS says how often
# (`make kill`: 200).
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, base64, email, email.policy, glob, json, os, random, subprocess
import threading, time
from daemon import *

LIB = os.path.join(SRC, "tests", "system", "lib")
KILLS = int(os.environ.get("CC_KILLS") or 6)
seed = int(os.environ.get("CC_SEED") or time.time())
print(f"seed {seed} (CC_SEED repeats it)")
rnd = random.Random(seed)
mails, hooks = os.path.join(TMP, "mails"), os.path.join(TMP, "hooks.jsonl")
secret = os.path.join(TMP, "secret")
with open(secret, "w") as f:
    f.write("whsec_" + base64.b64encode(os.urandom(24)).decode() + "\n")
open(hooks, "w").close()


def receiver(*args):
    """Its complaints about connections that were cut are what this test is about."""
    p = subprocess.Popen(["/usr/bin/python3", *args, "--max-seconds", str(120 + 10 * KILLS)],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    atexit.register(p.kill)
    return int(p.stdout.readline().split()[1])


mail_port = receiver(os.path.join(LIB, "smtp_receiver.py"), "--folder", mails)
hook_port = receiver(os.path.join(LIB, "webhook_receiver.py"), "--log", hooks,
                     "--secret-file", secret)
STAFF = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-top,program_administrator,top@example.org,,,,,,,
s-duty,program_director,duty@example.org,,s-top,,,,,
s-sup,supervisor,sup@example.org,office,s-duty,,,,,
s-worker,caseworker,worker@example.org,,s-sup,,,,,
"""
d = Daemon(port=mail_port, directory=STAFF, more=f"""webhooks:
  office: {{url: "http://127.0.0.1:{hook_port}/", secret_file: {secret}, allow_private: yes}}
limits: {{rate: 60000}}
alerts: {{group_wait: 0s, retry_first: 1s, retry_most: 2s}}
""")
atexit.register(d.kill_at_exit)
told = {}                      # events that were answered, by id
cases = 0


def story():
    """A case that is late when it comes: its steps fire at once."""
    global cases
    cases += 1
    c = f"case-{cases}"
    # 25 hours: over the 24 of the first contact.
    return [event(f"a-{c}", c, type="case.assigned", time=stamp(-91000),
                  data={"role": "primary", "staff_id": "s-worker"}),
            event(f"i-{c}", c, time=stamp(-90000),
                  data={"intake_id": "i1", "priority": "P1", "screened": False,
                        "victim_person_ids": ["v1"]})]


def end_of(c):
    """The child is seen: whoever was told hears that it is over."""
    return event(f"c-{c}", c, type="contact.made", time=stamp(-60),
                 data={"contact_id": "c1", "mode": "face_to_face",
                       "seen_person_ids": ["v1"]})


def feed(line, waiting):
    """Sends what waits, three events at a time; answers take them off the list."""
    try:
        while waiting:
            part = waiting[:3]
            for e in part:
                line.send(e)
            for e in part:
                a = line.read()
                if a is None:
                    return
                check(a["status"] in ("accepted", "duplicate"), f"{a}")
                told[e["id"]] = a["seq"]
                waiting.pop(0)
    except (OSError, ValueError):
        pass


waiting = []
for i in range(KILLS):
    for k in range(6):
        waiting += story()
    # Those of the round before last, whose alerts have left or are leaving.
    waiting += [end_of(f"case-{c}") for c in range(cases - 17, cases - 11) if c > 0]
    d.start()
    line = d.line()
    killer = threading.Timer(rnd.random() * 0.5, d.p.kill)
    killer.start()
    feed(line, waiting)
    killer.join()
    d.p.wait()
    d.out.close()
    line.close()

d.start()
line = d.line()
waiting += [end_of(f"case-{c}") for c in range(max(1, cases - 11), cases + 1)]
feed(line, waiting)
check(not waiting, "not everything was answered")
check(len(told) == 3 * cases, f"{len(told)} events of {3 * cases} answered")


def settled():
    s = line.ask("status")["outbox"]
    return s["queued"] == 0 and s["claimed"] == 0


until("all messages to leave", settled, 120)
messages = {m["id"]: m for m in items(line, "messages.list", limit=1000)}
alerts = items(line, "alerts.list", limit=1000)
arrived = {}                   # id -> what came, each time


def came(ident, what):
    arrived.setdefault(ident, []).append(what)


for name in glob.glob(os.path.join(mails, "*.json")):
    with open(name[:-4] + "eml", "rb") as f:
        m = email.message_from_binary_file(f, policy=email.policy.default)
    came(str(m["Message-ID"]).strip("<>").split("@")[0],
         (str(m["To"]), str(m["Subject"]), m.get_body(("plain",)).get_content()))
with open(hooks) as f:
    for entry in map(json.loads, f):
        check(entry["verdict"] == "good", f"{entry}")
        came(entry["id"], entry["body"])

sent = [m for m in messages.values() if m["state"] == "sent"]
odd = [m for m in messages.values() if m["state"] not in ("sent", "superseded")]
check(not odd, f"neither sent nor superseded: {odd[:2]}, seed {seed}")
missing = [m["id"] for m in sent if m["id"] not in arrived]
check(not missing, f"sent and never arrived: {missing[:5]}, seed {seed}")
unknown = [i for i in arrived if i not in messages]
check(not unknown, f"arrived and not known: {unknown[:5]}, seed {seed}")
other = [i for i, v in arrived.items() if any(x != v[0] for x in v)]
check(not other, f"one id with two contents: {[arrived[i] for i in other[:1]]}, seed {seed}")

# What was told was cleared; where the contact came with the intake nothing was told.
of = {}
for a in alerts:
    if a["clock"] == "priority-1-initial-contact":
        of.setdefault(a["case"], []).append(a["rung"])
untold = [a for a in alerts if a["held"] is None and not a["messages"]]
check(not untold, f"fired and no message: {untold[:2]}, seed {seed}")
open_end = [c for c, r in of.items() if "clear" not in r]
check(not open_end, f"told and never cleared: {open_end[:5]}, seed {seed}")
line.ask("audit.run")
until("the audit", lambda: line.ask("status")["rounds"]["at"] is not None)
found = line.ask("status")["rounds"]
check(found["gaps"] == 0, f"the audit found gaps: {found}")
d.stop()
repeats = sum(len(v) - 1 for v in arrived.values())
print(f"{KILLS} kills, {cases} cases, {len(told)} events, {len(alerts)} alerts, "
      f"{len(messages)} messages, {len(sent)} sent, {repeats} repeats")
check(len(sent) > 10 * 1 and len(of) > 0, "nothing was told: the test proves nothing")
EOF
