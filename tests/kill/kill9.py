#!/usr/bin/python3
"""kill -9 of caseclockd at random instants while it takes events and delivers.

Run by `make kill`.  CC_KILLS says how often it is killed (8), CC_SEED repeats the choices.

A sender keeps sending cases whose steps fall within seconds or have just passed; a mail
server and a webhook endpoint take what comes.  The daemon dies while it starts, takes
events, and delivers, now and then its mail worker before it; whatever was not answered is
sent again.  In the end every answered event is there, every message of the outbox that
counts as sent arrived, under its own id and with the same bytes each time, nothing arrived
that the outbox does not know, and everybody who had to be told of a case was told.
"""
import atexit
import base64
import collections
import email
import glob
import json
import os
import random
import re
import subprocess
import threading
import time

from daemon import BIN, SRC, TMP, Daemon, check, event, items, stamp, until

KILLS = int(os.environ.get("CC_KILLS") or 8)
SEED = int(os.environ.get("CC_SEED") or time.time())
LIB = os.path.join(SRC, "tests", "system", "lib")
CASES = 5                       # a round
WINDOW = 12                     # events without an answer
CLOCK = "priority-1-initial-contact"
STAFF = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-duty,program_director,duty@example.org,,,,,,,
s-sup,supervisor,sup@example.org,office,s-duty,,,,,
s-worker,caseworker,worker@example.org,,s-sup,,,,,
s-other,caseworker,other@example.org,office,s-sup,,,,,
"""
rnd = random.Random(SEED)


class Receivers:
    def __init__(self):
        self.mails = os.path.join(TMP, "mails")
        self.hooks = os.path.join(TMP, "hooks.jsonl")
        self.secret = os.path.join(TMP, "secret")
        with open(self.secret, "w") as f:
            f.write("whsec_" + base64.b64encode(os.urandom(24)).decode() + "\n")
        open(self.hooks, "w").close()
        longest = str(300 + 10 * KILLS)
        self.mail_port = self.run("smtp_receiver.py", "--folder", self.mails,
                                  "--max-seconds", longest)
        self.hook_port = self.run("webhook_receiver.py", "--log", self.hooks,
                                  "--secret-file", self.secret, "--max-seconds", longest)

    def run(self, name, *args):
        # Its complaints about connections that were cut are what this test is about.
        p = subprocess.Popen(["/usr/bin/python3", os.path.join(LIB, name), *args],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(p.kill)
        return int(p.stdout.readline().split()[1])

    def arrivals(self):
        """Message id -> channels and the bytes that came, one for each arrival."""
        came = collections.defaultdict(list)
        for name in sorted(glob.glob(os.path.join(self.mails, "*.json"))):
            with open(name) as f, open(name[:-4] + "eml", "rb") as m:
                raw = m.read()
                ident = email.message_from_bytes(raw)["Message-ID"]
                # When it was sent is not what it says.
                same = re.sub(rb"^Date: [^\r\n]*\r\n", b"", raw, count=1, flags=re.M)
                came[ident.strip("<>").split("@")[0]].append(
                    ("email", json.load(f)["to"], same))
        with open(self.hooks) as f:
            for line in f:
                h = json.loads(line)
                check(h["verdict"] == "good", f"a webhook's signature: {h['verdict']}")
                came[h["id"]].append(("webhook:office", h["path"], h["body"]))
        return came


class Sender:
    """Keeps what was sent and not answered; sends that first after a restart."""

    def __init__(self):
        self.cases = []                         # (case id, holder)
        self.waiting = collections.OrderedDict()        # event id -> event
        self.accepted = {}                      # event id -> (case, seq)
        self.number = 0
        self.again = 0

    def more(self):
        """A case of which a step falls within two seconds, or fell a moment ago."""
        self.number += 1
        case = f"kill-{self.number}"
        holder = rnd.choice(("s-worker", "s-worker", "s-other"))
        self.cases.append((case, holder))
        mine = [event(f"a-{self.number}", case, type="case.assigned", time=stamp(-100000),
                      data={"role": "primary", "staff_id": holder}),
                event(f"i-{self.number}", case, time=stamp(rnd.randint(-8, 2) - 86400))]
        mine[1]["data"]["priority"] = "P1"
        if rnd.random() < 0.6:  # two duties that are no safety clock's: one mail says both
            mine += [event(f"r{k}-{self.number}", case, type="request.received",
                           time=stamp(-60), data={"request_id": f"r{k}", "kind": "complaint"})
                     for k in (1, 2)]
        for e in mine:
            self.waiting[e["id"]] = e

    def answer(self, a):
        check(a["status"] in ("accepted", "duplicate"), f"{a}")
        e = self.waiting.pop(a["id"])
        self.accepted[a["id"]] = (e["subject"], a["seq"])

    def send(self, line, cases):
        """Until everything is answered, or the connection is gone."""
        for _ in range(cases):
            self.more()
        todo = list(self.waiting.values())
        self.again += len(todo)
        under_way = 0
        try:
            for e in todo:
                line.send(e)
                under_way += 1
                if under_way < WINDOW:
                    continue
                if not self.read(line):
                    return
                under_way -= 1
            while under_way > 0 and self.read(line):
                under_way -= 1
        except OSError:
            pass

    def read(self, line):
        a = line.read()
        if a is not None:
            self.answer(a)
        return a is not None


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def kill(d):
    if rnd.random() < 0.2:      # its mail worker first
        for pid in children_of(d.p.pid):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        time.sleep(rnd.random() * 0.05)
    d.p.kill()


def die_at_start(d):
    """It does not even come to say that it runs."""
    out = open(d.logname, "ab")
    d.p = subprocess.Popen([os.path.join(BIN, "caseclockd"), "-c", d.config], stdout=out,
                           stderr=out, cwd=d.home)
    out.close()
    time.sleep(rnd.random() * 0.25)
    d.p.kill()
    d.p.wait()


def one_round(d, sender):
    if rnd.random() < 0.1:
        die_at_start(d)
        return
    d.start()
    fuse = threading.Timer(0.02 + rnd.random() * rnd.choice((0.2, 0.8, 2.0)), kill, (d,))
    try:
        line = d.line()
        fuse.start()
        sender.send(line, CASES)
        line.close()
    except OSError:
        pass
    if fuse.ident is None:
        fuse.start()
    fuse.join()
    d.p.wait()
    d.out.close()


def drained(line):
    s = line.ask("status")["outbox"]
    return s["queued"] == 0 and s["claimed"] == 0


def check_events(line, sender):
    kept = {}
    for case, _ in sender.cases:
        for e in items(line, "case.events", case=case, limit=1000):
            kept[e["event"]["id"]] = (case, e["seq"])
    lost = [i for i, at in sender.accepted.items() if kept.get(i) != at]
    check(not lost, f"events lost or changed: {lost[:5]}")
    check(len(kept) == len(sender.accepted) == line.ask("status")["store"]["events"],
          f"{len(kept)} events kept, {len(sender.accepted)} answered")


def check_arrivals(messages, came):
    known = {m["id"]: m for m in messages}
    check(len(known) == len(messages), "a message id is used twice")
    strange = [i for i in came if i not in known]
    check(not strange, f"what nobody wrote arrived: {strange[:5]}")
    by_no = {m["no"]: m for m in messages}
    for m in messages:
        check(m["state"] in ("sent", "grouped", "superseded"), f"left over: {m}")
        if m["state"] == "sent":
            check(m["id"] in came, f"missing: {m}")
        if m["state"] == "grouped":
            check(by_no[m["carrier"]]["state"] == "sent", f"its carrier: {m}")
    for ident, all_of in came.items():
        m = known[ident]
        for channel, to, content in all_of:
            check(channel == m["channel"], f"through another channel: {m}")
            check(channel != "email" or to == [m["address"]], f"to somebody else: {m} {to}")
            check(content == all_of[0][2], f"a repeat with other bytes: {m}\n"
                  f"{all_of[0][2]}\n{content}")


def check_told(line, sender, messages, came):
    """Whoever holds a case, and the supervisor, heard that the child was not seen."""
    heard = {(m["case"], m["recipient"], m["channel"]) for m in messages
             if m["clock"] == CLOCK and m["id"] in came}
    by_no = {m["no"]: m for m in messages}
    heard |= {(m["case"], m["recipient"], m["channel"]) for m in messages
              if m["clock"] == CLOCK and m["state"] == "grouped" and
              by_no[m["carrier"]]["id"] in came}
    for case, holder in sender.cases:
        wanted = [(holder, "email"), ("s-sup", "email"), ("s-sup", "webhook:office")]
        for who, channel in wanted + ([(holder, "webhook:office")] if holder == "s-other"
                                      else []):
            check((case, who, channel) in heard, f"{who} never heard of {case} by {channel}")
    alerts = items(line, "alerts.list", limit=1000)
    names = [(a["case"], a["clock"], a["subject"], a["epoch"], a["rung"], a["period"])
             for a in alerts]
    check(len(names) == len(set(names)), "a step fired twice")
    silent = [a for a in alerts if not a["messages"] and not a["held"]]
    check(not silent, f"alerts without a message: {silent[:2]}")
    return len(alerts)


def main():
    print(f"seed {SEED} (CC_SEED repeats it), {KILLS} kills")
    began = time.monotonic()
    to = Receivers()
    d = Daemon(port=to.mail_port, directory=STAFF, more=f"""webhooks:
  office: {{url: "http://127.0.0.1:{to.hook_port}/hook", secret_file: {to.secret}, allow_private: yes}}
alerts: {{group_wait: 1s, retry_first: 1s, retry_most: 2s}}
limits: {{rate: 60000}}
""")
    atexit.register(d.kill_at_exit)
    sender = Sender()
    for _ in range(KILLS):
        one_round(d, sender)
    d.start()
    line = d.line()
    for _ in range(3):
        if sender.waiting:
            sender.send(line, 0)
    check(not sender.waiting, "events are not answered")
    last = time.monotonic()
    until("the steps of the last cases", lambda: time.monotonic() > last + 4)
    until("delivery", lambda: drained(line), 120 + KILLS)
    check_events(line, sender)
    messages = items(line, "messages.list", limit=1000)
    came = to.arrivals()
    check_arrivals(messages, came)
    alerts = check_told(line, sender, messages, came)
    line.close()
    d.stop()
    verify = os.path.join(BIN, "tests", "system", "store_verify")
    rc = subprocess.run([verify, os.path.join(d.home, "state", "caseclock.db")]).returncode
    check(rc == 0, "the store is damaged")
    states = collections.Counter(m["state"] for m in messages)
    arrivals = sum(len(a) for a in came.values())
    repeats = sum(len(a) > 1 for a in came.values())
    requeued = d.log().count("were under way when the last run ended")
    print(f"{len(sender.cases)} cases, {len(sender.accepted)} events answered, {alerts} alerts, "
          f"{len(messages)} messages {dict(states)}, {arrivals} arrivals, {repeats} messages "
          f"more than once, {requeued} starts with messages under way, none missing, "
          f"{time.monotonic() - began:.0f} s")
    check(arrivals >= len(came) > 0, "nothing arrived")
    check(states["grouped"] > 0, "nothing was said together")
    check(KILLS < 50 or (repeats > 0 and requeued > 0), "no kill met a delivery")


main()
