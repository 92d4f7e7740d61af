#!/bin/sh
# Goal: a clock that crosses its due live fires once and tells the right people by
# mail and webhook, once each; kill -9 between fired and sent loses and doubles nothing:
# the message goes out after the restart under the id it had.  A far side that is
# broken does not hold the other up; what is given up is dead with its reason and can
# be redriven; who cannot be found is stood in for, and the operator is told once.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, base64, email, glob, json, os, signal, subprocess, time
from daemon import *

LIB = os.path.join(SRC, "tests", "system", "lib")
mails = os.path.join(TMP, "mails")
hooks = os.path.join(TMP, "hooks.jsonl")
secret = os.path.join(TMP, "secret")
with open(secret, "w") as f:
    f.write("whsec_" + base64.b64encode(os.urandom(24)).decode() + "\n")
open(hooks, "w").close()


def receiver(*args):
    p = subprocess.Popen(["/usr/bin/python3", *args, "--max-seconds", "200"],
                         stdout=subprocess.PIPE, text=True)
    atexit.register(p.kill)
    return p, int(p.stdout.readline().split()[1])


smtp, mail_port = receiver(os.path.join(LIB, "smtp_receiver.py"), "--folder", mails,
                           "--answer", "refused@example.org=550")
hook, hook_port = receiver(os.path.join(LIB, "webhook_receiver.py"), "--log", hooks,
                           "--secret-file", secret)


def received():
    got = []
    for name in sorted(glob.glob(os.path.join(mails, "*.json"))):
        with open(name) as f, open(name[:-4] + "eml", "rb") as m:
            got.append((json.load(f)["to"], email.message_from_binary_file(m)))
    return got


def posted():
    with open(hooks) as f:
        return [json.loads(l) for l in f]


STAFF = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-duty,program_director,duty@example.org,,,,,,,
s-sup,supervisor,sup@example.org,office,s-duty,,,,,
s-worker,caseworker,worker@example.org,,s-sup,,,,,
s-gone,caseworker,refused@example.org,,s-sup,,,,,
"""
d = Daemon(port=mail_port, directory=STAFF, more=f"""webhooks:
  office: {{url: "http://127.0.0.1:{hook_port}/hook", secret_file: {secret}, allow_private: yes}}
alerts: {{link: "https://cms.example.org/{{case}}?clock={{clock}}&for={{subject}}"}}
""")
atexit.register(d.kill_at_exit)
d.start()
line = d.line()

# A clock that is due in a few seconds; its earlier rungs are late news.
AHEAD = 6
begin = time.time()
assigned = event("a1", "live", type="case.assigned", time=stamp(-7200),
                 data={"role": "primary", "staff_id": "s-worker"})
intake = event("i1", "live", time=stamp(AHEAD - 86400))
intake["data"]["priority"] = "P1"
for e in (assigned, intake):
    a = line.tell(e)
    check(a["status"] == "accepted", f"{a}")


def breaches():
    return [a for a in items(line, "alerts.list", case="live")
            if a["clock"] == "priority-1-initial-contact" and a["rung"] == "breach"]


check(not breaches(), "the breach fires early")
fired = until("the breach", breaches)
check(len(fired) == 1 and fired[0]["at"] == fired[0]["fired"], f"early, late or twice: {fired}")
check(fired[0]["to"] == ["caseworker", "supervisor"] and fired[0]["severity"] == "critical",
      f"{fired[0]}")


def settled():
    s = line.ask("status")["outbox"]
    return s["queued"] == 0 and s["claimed"] == 0


until("delivery", settled)
told = {m["id"]: m for m in items(line, "messages.list", case="live") if m["rung"] == "breach"
        and m["clock"] == "priority-1-initial-contact"}
who = sorted((m["recipient"], m["channel"], m["state"]) for m in told.values())
check(who == [("s-sup", "email", "sent"), ("s-sup", "webhook:office", "sent"),
              ("s-worker", "email", "sent")], f"told: {who}")
check(sorted(fired[0]["messages"]) == sorted(told) or
      sorted(breaches()[0]["messages"]) == sorted(told), "messages of the alert")
mine = [(to, m) for to, m in received() if any(i in m["Message-ID"] for i in told)]
check(sorted(to[0] for to, _ in mine) == ["sup@example.org", "worker@example.org"],
      f"mails: {[to for to, _ in mine]}")
for _, m in mine:
    check("live" in m["Subject"] and "See the child" not in m["Subject"], m["Subject"])
    body = m.get_payload(0).get_payload(decode=True).decode()
    check("https://cms.example.org/live?clock=priority-1-initial-contact&for=v1" in body, body)
ids = [m["Message-ID"] for _, m in received()]
check(len(ids) == len(set(ids)), "a mail came twice")
p = [h for h in posted() if json.dumps(h).count("priority-1-initial-contact") and
     '"rung":"breach"' in json.dumps(h, separators=(",", ":")).replace("\\", "")]
check(len(p) == 1, f"{len(p)} webhooks of the breach")

# The case's holder is not in the directory: the route stands in, the operator hears
# of it once a day.
for n in range(3):
    check(line.tell(event(f"a-{n}", f"lost-{n}", type="case.assigned", time=stamp(-100),
          data={"role": "primary", "staff_id": "s-nowhere"}))["status"] == "accepted", "assign")
    e = event(f"l-{n}", f"lost-{n}", time=stamp(-86400 * 2))
    e["data"]["priority"] = "P1"
    check(line.tell(e)["status"] == "accepted", "lost")
until("delivery", settled)
notices = [m for m in items(line, "messages.list") if m["recipient"] == "operator"]
unknown = [m for m in notices if "s-nowhere" in m.get("title", "")]
check(len(unknown) == 1 and unknown[0]["state"] == "sent", f"notices: {notices}")
check(any(m["recipient"] == "s-duty" for m in items(line, "messages.list", case="lost-1")),
      "the route does not stand in")

# An address that is refused for good: dead, with the reason; redriven, dead again.
check(line.tell(event("a2", "dead", type="case.assigned", time=stamp(-7200),
      data={"role": "primary", "staff_id": "s-gone"}))["status"] == "accepted", "assign")
e = event("i2", "dead", time=stamp(-86400 + 3600))
e["data"]["priority"] = "P1"
check(line.tell(e)["status"] == "accepted", "dead")
until("delivery", settled)
dead = items(line, "messages.list", state="dead")
check(dead and all(m["address"] == "refused@example.org" and "550" in m["reason"]
                   for m in dead), f"dead: {dead}")
tries = dead[0]["attempts"]
check(line.ask("messages.redrive", id=dead[0]["id"]) == {"redriven": 1}, "redrive")
until("the redriven one", lambda: [m for m in items(line, "messages.list", state="dead")
      if m["id"] == dead[0]["id"] and m["attempts"] == tries + 1])
check(line.ask("messages.redrive", all=True)["redriven"] == len(dead), "redrive all")
until("delivery", settled)

# History is held and can be redriven.
e = event("i3", "old", time=stamp(-86400 * 90))
e["data"]["priority"] = "P1"
before = len(received())
check(line.tell(e)["status"] == "accepted", "old")
held = [a for a in items(line, "alerts.list", case="old", held=True)]
check(held and all(a["held"] == "history" and not a["messages"] for a in held), f"held: {held}")
check(not items(line, "messages.list", case="old"), "history is told")
check(line.ask("messages.redrive", alert=held[0]["id"]) == {"redriven": 1}, "redrive held")
until("the held one", lambda: len([m for m in items(line, "messages.list", case="old")
      if m["state"] == "sent"]) >= 1)
line.send({"jsonrpc": "2.0", "id": 1, "method": "messages.redrive",
           "params": {"alert": held[0]["id"]}})
check(line.read()["error"]["code"] == -32602, "redriven twice")

until("delivery", settled)

# kill -9 between fired and sent: the mail server does not answer meanwhile.
os.kill(smtp.pid, signal.SIGSTOP)
e = event("i4", "killed", time=stamp(-86400 - 600))
e["data"]["priority"] = "P1"
check(line.tell(e)["status"] == "accepted", "killed")
claimed = until("a claim", lambda: [m for m in items(line, "messages.list", case="killed")
                if m["state"] == "claimed"])
line.close()
d.stop(signal.SIGKILL)
count = len(received())
os.kill(smtp.pid, signal.SIGCONT)
d.start()
line = d.line()
until("delivery after kill -9", settled)
after = items(line, "messages.list", case="killed")
check(after and all(m["state"] == "sent" for m in after) and
      {m["id"] for m in claimed} <= {m["id"] for m in after}, f"after: {after}")
alerts = [(a["clock"], a["subject"], a["epoch"], a["rung"]) for a in
          items(line, "alerts.list", case="killed")]
check(len(alerts) == len(set(alerts)), "a rung fired twice")
mine = [m["id"] for m in after if m["channel"] == "email"]


def of_mine(m):
    return any(i in m["Message-ID"] for i in mine)


late = [m["Message-ID"] for _, m in received() if of_mine(m)]
check(len(set(late)) == len(mine), f"of {len(mine)} mails {len(set(late))} came")
check(len(late) <= len(mine) + len(claimed), f"mails came too often: {late}")
foreign = [(m["Message-ID"], m["Subject"]) for _, m in received()[count:] if not of_mine(m)]
check(not foreign, f"mails of others went out again: {foreign}")
line.close()
d.stop()
check(d.log().count("running: policy") == 2, "an unexpected restart")
EOF
