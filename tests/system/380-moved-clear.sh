#!/bin/sh
# Goal: everybody who was told of a clock hears, by the same channel and in the same mail
# thread, that its due was moved (from, to, why) and that it is over; that a voided report
# withdrew one is said in words; each message has one id, through a retry as well.  Alerts
# that come together leave as one mail and wait for quiet hours to end, those of safety
# clocks never; a new holder hears what is open, the daily digest lists it, and who does
# not get his mail (a returned delivery notice) is stood in for by the next above.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, base64, datetime, email, email.policy, glob, json, os, re, signal, sqlite3
import subprocess, time, zoneinfo
from daemon import *

LIB = os.path.join(SRC, "tests", "system", "lib")
TOOL = os.path.join(BIN, "caseclock")
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
    return int(p.stdout.readline().split()[1])


mail_port = receiver(os.path.join(LIB, "smtp_receiver.py"), "--folder", mails)
# The first message is refused for the time being, and comes again.
hook_port = receiver(os.path.join(LIB, "webhook_receiver.py"), "--log", hooks,
                     "--secret-file", secret, "--status", "503", "--status", "204")


def minute(offset):
    return time.strftime("%H:%M", time.gmtime(time.time() + offset))


HEAD = ("staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,"
        "delegate_id,quiet_from,quiet_until,digest_at\n")
STAFF = f"""s-duty,program_director,duty@example.org,,,,,,,,,,
s-sup,supervisor,sup@example.org,office,s-duty,u-7,Etc/UTC,,,,,,
s-worker,caseworker,worker@example.org,,s-sup,,Etc/UTC,,,,,,
s-night,caseworker,night@example.org,,s-sup,,Etc/UTC,,,,{minute(-7200)},{minute(7200)},
s-new,caseworker,new@example.org,,s-sup,,Etc/UTC,,,,,,
"""


def settings(wait):
    return f"""webhooks:
  office: {{url: "http://127.0.0.1:{hook_port}/hook", secret_file: {secret}, allow_private: yes}}
alerts:
  group_wait: {wait}
  retry_first: 1s
  retry_most: 1s
  link: "https://cms.example.org/{{case}}?clock={{clock}}"
"""


d = Daemon(port=mail_port, directory=HEAD + STAFF, more=settings("0s"))
atexit.register(d.kill_at_exit)
d.start()
line = d.line()


def tell(*events):
    """All in one piece, so that they are one group."""
    line.send(b"".join(json.dumps(e).encode() + b"\n" for e in events))
    for e in events:
        a = line.read()
        check(a["status"] == "accepted", f"{e['id']}: {a}")


def given_to(staff, case, n=1):
    return event(f"a-{case}-{n}", case, type="case.assigned", time=stamp(-90),
                 data={"role": "primary", "staff_id": staff})


def messages(case, **what):
    return [m for m in items(line, "messages.list", case=case)
            if all(m[k] == v for k, v in what.items())]


def settled(case):
    """All messages of the case when none is under way."""
    all_ = messages(case)
    return all_ and not [m for m in all_ if m["state"] in ("queued", "claimed")] and all_


seen = {}
YOURS = "is now yours"


def received(address, words, case):
    """Mails to an address with these words in their text, in the order of arrival.  That
    a case is a new holder's now lists what is open, and is asked for by its own words."""
    for name in sorted(glob.glob(os.path.join(mails, "*.json"))):
        if name not in seen:
            with open(name) as f, open(name[:-4] + "eml", "rb") as m:
                seen[name] = (json.load(f)["to"], email.message_from_binary_file(
                    m, policy=email.policy.default))
    return [m for to, m in seen.values() if to == [address] and words in plain(m) and
            case in str(m["Subject"]) and (YOURS in plain(m)) == (words == YOURS)]


def plain(m):
    return m.get_body(("plain",)).get_content()


def ident(m):
    return str(m["Message-ID"]).strip("<>").split("@")[0]


def posted(case, clock):
    with open(hooks) as f:
        got = [json.loads(l) for l in f]
    for h in got:
        check(h["verdict"] == "good", f"a signature: {h['verdict']}")
        h["event"] = json.loads(h["body"])
        check(h["event"]["id"] == h["id"], "the event's id is not webhook-id")
    return [h for h in got if h["event"].get("subject") == case and
            h["event"]["data"].get("clock") == clock]


def well_made(m):
    check(not m.defects and m["Auto-Submitted"] == "auto-generated", f"{m.defects}")
    check(m.get_content_type() == "multipart/alternative" and
          [p.get_content_type() for p in m.iter_parts()] == ["text/plain", "text/html"],
          "the parts")
    html = m.get_body(("html",)).get_content()
    check("<html lang=" in html and "https://cms.example.org/" in html and
          "https://cms.example.org/" in plain(m), "a part has no link")


def one_thread(all_):
    """One thread of one clock: the same root, other ids."""
    roots = {str(m["References"]) for m in all_} | {str(m["In-Reply-To"]) for m in all_}
    check(len(roots) == 1 and re.fullmatch(r"<[0-9a-f]{32}@example\.org>", roots.pop()),
          f"not one thread: {roots}")


# --- moved and met late: the submission of an investigation, extended to yesterday
zone = zoneinfo.ZoneInfo("America/Chicago")
today = datetime.datetime.now(zone).date()


def local(days, hour):
    t = datetime.datetime.combine(today - datetime.timedelta(days=days), datetime.time(hour),
                                  zone)
    return t.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def end_of(days):
    t = datetime.datetime.combine(today - datetime.timedelta(days=days),
                                  datetime.time(23, 59, 59), zone)
    return t.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


CASE, CLOCK = "4711", "inv-submit-45d"
tell(event("a-4711", CASE, type="case.assigned", time=local(48, 8),
           data={"role": "primary", "staff_id": "s-worker"}),
     event("i-4711", CASE, time=local(48, 9)),
     event("p-4711", CASE, type="stage.progressed", time=local(48, 10),
           data={"stage_id": "st-1", "to": "INV"}))
until("the breach to be told", lambda: settled(CASE))
tell(event("x-4711", CASE, type="extension.decided", time=stamp(-60),
           data={"extension_id": "x1", "granted": True,
                 "new_due_date": str(today - datetime.timedelta(days=1))}))
until("the move to be told", lambda: messages(CASE, clock=CLOCK, rung="moved") and settled(CASE))
tell(event("s-4711", CASE, type="case.submitted", time=stamp(-30),
           data={"submission_id": "s1", "recommended_action": "close"}))
until("the end to be told", lambda: messages(CASE, clock=CLOCK, rung="clear") and settled(CASE))

told = messages(CASE, clock=CLOCK)
ways = [("s-duty", "email"), ("s-sup", "email"), ("s-sup", "webhook:office"),
        ("s-worker", "email")]
rungs = [m["rung"] for m in told if m["recipient"] == "s-worker"]
check(len(rungs) == 3 and rungs[1:] == ["moved", "clear"], f"rungs: {rungs}")
check(len({m["id"] for m in told}) == len(told) and all(m["state"] == "sent" for m in told),
      f"{told}")
for rung in rungs:
    got = sorted((m["recipient"], m["channel"]) for m in told if m["rung"] == rung)
    check(got == ways, f"{rung} is told to {got}")
moved = [a for a in items(line, "alerts.list", case=CASE) if a["clock"] == CLOCK]
check([a["previous_due"] for a in moved] == [None, end_of(3), None] and
      [a["due"] for a in moved] == [end_of(3), end_of(1), end_of(1)] and
      moved[-1]["state"] == "late", f"{moved}")

threads = set()
for address, staff in (("worker", "s-worker"), ("sup", "s-sup"), ("duty", "s-duty")):
    got = received(address + "@example.org", CLOCK, CASE)
    check(len(got) == 3, f"{address} has {len(got)} mails: {[str(m['Subject']) for m in got]}")
    check([ident(m) for m in got] == [m["id"] for m in told if m["recipient"] == staff and
          m["channel"] == "email"], "Message-ID is not the id of the message")
    for m in got:
        well_made(m)
    one_thread(got)
    threads.add(str(got[0]["References"]))
    subjects = [str(m["Subject"]) for m in got]
    check(subjects[0].startswith(f"Case {CASE}: overdue, due ") and
          subjects[1].startswith(f"Case {CASE}: changed, overdue, due ") and
          subjects[2] == f"Case {CASE}: done late", f"{subjects}")
    first, second, third = (plain(m) for m in got)
    due = re.search(r"^Due: (.*)$", first, re.M)
    was = re.search(r"^Was due: (.*)\nNow due: (.*)\n(?:.*\n)?Why: (.*)$", second, re.M)
    check(due and was and was[1] == due[1] != was[2], f"{first}\n{second}")
    check("extension" in was[3] and "The due time has changed." in second, second)
    check("All clear: nothing more is to be done here." in third and
          "Ended: " in third and "Now: done late" in third, third)
check(len(threads) == 1, f"a clock has {len(threads)} threads")

got = posted(CASE, CLOCK)
ids = [h["id"] for h in got]
by_id = {h["id"]: h["event"] for h in got}
check(list(by_id) == [m["id"] for m in told if m["channel"] == "webhook:office"], f"{ids}")
check([e["type"] for e in by_id.values()] == ["caseclock.alert.fired", "caseclock.alert.moved",
      "caseclock.alert.cleared"], f"{[e['type'] for e in by_id.values()]}")
fired, second, third = (e["data"] for e in by_id.values())
check("previous_due" not in fired and second["previous_due"] == end_of(3) ==
      fired["clock_record"]["due"] and second["clock_record"]["due"] == end_of(1) and
      (fired["epoch"], second["epoch"], third["epoch"]) == (1, 2, 2), f"{second}")
check(third["clock_record"]["state"] == "late" and "withdrawn" not in third, f"{third}")
# What was refused with 503 came again, and was the same.
with open(hooks) as f:
    every = [json.loads(l) for l in f]
again = [h for h in every if [x["id"] for x in every].count(h["id"]) > 1]
check(len(again) == 2 and again[0]["id"] == again[1]["id"] and
      again[0]["body"] == again[1]["body"], "the retry is not the same message")

# --- withdrawn: a report that was none
P1 = {"priority": "P1", "screened": False, "victim_person_ids": ["v1"]}


def report(case, n=1):
    return event(f"i-{case}-{n}", case, time=stamp(-25 * 3600),
                 data={**P1, "intake_id": f"in-{case}-{n}"})


SAFE = "priority-1-initial-contact"
tell(given_to("s-worker", "void-1"), report("void-1"))
until("the report to be told", lambda: settled("void-1"))
tell(event("v-void-1", "void-1", type="event.voided", time=stamp(-30),
           data={"event_id": "i-void-1-1"}))
until("the withdrawal", lambda: messages("void-1", clock=SAFE, rung="clear") and
      settled("void-1"))
for address in ("worker", "sup"):
    got = received(address + "@example.org", SAFE, "void-1")
    check(len(got) == 2, f"{address}: {[str(m['Subject']) for m in got]}")
    one_thread(got)
    check(got[1]["Subject"] == "Case void-1: withdrawn" and
          "this was withdrawn, nothing is to be done here" in plain(got[1]), plain(got[1]))
got = posted("void-1", SAFE)
check([h["event"]["type"] for h in got] == ["caseclock.alert.fired", "caseclock.alert.cleared"]
      and got[1]["event"]["data"]["withdrawn"] is True, f"{got}")

# --- a new holder hears what is open
tell(given_to("s-worker", "hand-1"), report("hand-1"))
until("the report to be told", lambda: settled("hand-1"))
tell({**given_to("s-new", "hand-1", 2), "time": stamp(-10)})
(m,) = until("the handover", lambda: received("new@example.org", YOURS, "hand-1"))
well_made(m)
check(re.fullmatch(r"Case hand-1: now yours, \d+ open, \d+ overdue.*", str(m["Subject"])) and
      SAFE in plain(m) and "See the child" in plain(m), plain(m))

# --- a mail that came back: dead, with the reason, and the next above is told
DSN = """From: MAILER-DAEMON@example.net
To: caseclock@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: {id}

Final-Recipient: rfc822; worker@example.org
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--b
Content-Type: text/rfc822-headers

Message-ID: <{id}@example.org>

--b--
"""


def bounce(ident, code, *more):
    p = subprocess.run([TOOL, "bounce", "--socket", "s", *more], cwd=d.home, text=True,
                       input=DSN.format(id=ident), capture_output=True, timeout=WAIT)
    check(p.returncode == code, f"bounce: exit {p.returncode}, not {code}: {p.stderr}")
    return p.stderr


# A step before the due, which only the worker is told of.
tell(given_to("s-worker", "back-1"), event("h-back-1", "back-1", type="staffing.held",
     time=local(6, 12), data={"staffing_id": "st-b", "kind": "other"}))
NOTES = "documentation-other-7d"
until("the alert to be told", lambda: settled("back-1"))
(lost,) = messages("back-1", clock=NOTES)
check((lost["recipient"], lost["state"], lost["rung"]) == ("s-worker", "sent", "before-3d"),
      f"{lost}")
check("no message" in bounce("0" * 32, 4), "an unknown id is not said to be unknown")
bounce("0" * 32, 65, "--alias")
bounce(lost["id"], 0)
(dead,) = messages("back-1", id=lost["id"])
check(dead["state"] == "dead" and dead["reason"].startswith("bounced 5.2.2"), f"{dead}")
until("the others to be told", lambda: settled("back-1"))
got = sorted((m["recipient"], m["channel"], m["role"], m["state"])
             for m in messages("back-1", alert=lost["alert"]) if m["id"] != lost["id"])
check(got == [("s-sup", "email", "supervisor", "sent"),
              ("s-sup", "webhook:office", "supervisor", "sent")], f"in place: {got}")
(m,) = received("sup@example.org", NOTES, "back-1")
well_made(m)
check("You are told as: supervisor" in plain(m), plain(m))
(m,) = received("operator@example.org", "s-worker cannot be reached", "back-1")
bounce(lost["id"], 0)
check(len(messages("back-1", alert=lost["alert"])) == 3, "the second notice tells again")

# --- grouping, from here on: the same recipient, not of a safety clock
d.write("c.yaml", CONFIG.format(pack=PACK, port=mail_port, more=settings("2s")))
reloads = line.ask("status")["counters"]["reloads"]
d.p.send_signal(signal.SIGHUP)
until("the reload", lambda: line.ask("status")["counters"]["reloads"] > reloads)


def held_meeting(case, n):
    return event(f"h-{case}-{n}", case, type="staffing.held", time=local(8, 9 + n),
                 data={"staffing_id": f"st-{n}", "kind": "other"})


tell(given_to("s-worker", "many-1"), held_meeting("many-1", 1), held_meeting("many-1", 2),
     event("i-many-1", "many-1", time=stamp(-25 * 3600),
           data={**P1, "intake_id": "in-m", "victim_person_ids": ["v1", "v2"]}))
check(not [m for m in messages("many-1", clock=SAFE) if m["hold"]], "a safety clock waits")
until("all of the case", lambda: settled("many-1"))
mine = messages("many-1", recipient="s-worker")
parts = [m for m in mine if m["clock"] == NOTES]
check(len(parts) == 2 and {m["state"] for m in parts} == {"grouped"} and
      len({m["carrier"] for m in parts}) == 1, f"{parts}")
(whole,) = [m for m in mine if m["form"] == "group" and m["no"] == parts[0]["carrier"]]
(m,) = received("worker@example.org", NOTES, "many-1")
well_made(m)
check(ident(m) == whole["id"] and str(m["Subject"]).startswith("Case many-1: ") and
      " alerts" in str(m["Subject"]) and plain(m).count(f"; {NOTES}, section") == 2, plain(m))
safe = [m for m in mine if m["clock"] == SAFE]
check(sorted(m["subject"] for m in safe) == ["v1", "v2"] and
      {m["state"] for m in safe} == {"sent"}, f"{safe}")
got = received("worker@example.org", SAFE, "many-1")
check(sorted(ident(m) for m in got) == sorted(m["id"] for m in safe) and
      not [m for m in got if " alerts" in str(m["Subject"])], "a safety clock is grouped")
check(len(posted("many-1", NOTES)) == 2, "webhooks are grouped")

# --- quiet hours: what is no safety clock waits
tell(given_to("s-night", "night-1"), held_meeting("night-1", 1), report("night-1"))
until("the safety clock's", lambda: messages("night-1", recipient="s-night", clock=SAFE,
                                             state="sent"))
(waits,) = messages("night-1", recipient="s-night", clock=NOTES)
check(waits["state"] == "queued" and waits["hold"] == "quiet" and waits["attempts"] == 0 and
      waits["next"] > stamp(3600), f"{waits}")
check(not received("night@example.org", NOTES, "night-1") and
      len(received("night@example.org", SAFE, "night-1")) == 1, "quiet hours are not kept")
until("the supervisor's", lambda: [m for m in messages("night-1", recipient="s-sup",
      clock=NOTES) if m["state"] in ("sent", "grouped")])

# --- the digest of an hour at which the daemon was down
line.close()
d.stop()
d.write("directory.csv", HEAD + STAFF.replace(
    "s-new,caseworker,new@example.org,,s-sup,,Etc/UTC,,,,,,",
    "s-new,caseworker,new@example.org,,s-sup,,Etc/UTC,,,,,," + minute(-3600)).replace(
    "s-sup,supervisor,sup@example.org,office,s-duty,u-7,Etc/UTC,,,,,,",
    "s-sup,supervisor,sup@example.org,office,s-duty,u-7,Etc/UTC,,,,,," + minute(-3600)))
(base,) = glob.glob(os.path.join(d.home, "state", "*.db"))
with sqlite3.connect(base) as s:
    n = s.execute("UPDATE meta SET value = ? WHERE key = 'rounds.digest'",
                  (str(int(time.time()) - 7200).encode(),)).rowcount
s.close()
check(n == 1, "the store does not say when the last digest was")
d.start()
(m,) = until("the digest", lambda: received("new@example.org", "Today's list", "Caseclock"))
well_made(m)
check(re.fullmatch(r"Caseclock: \d+ open, \d+ overdue.*", str(m["Subject"])) and
      "CASE hand-1 (overdue)" in plain(m) and SAFE in plain(m), plain(m))
(m,) = until("the unit's", lambda: received("sup@example.org", "Today's list", "Caseclock"))
check("unit u-7" in plain(m) and "CASE many-1" in plain(m), plain(m))
d.stop()
EOF
