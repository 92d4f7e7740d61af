#!/bin/sh
# Goal: an import of years of history mails nobody about the distant past, keeps when
# each event was recorded, and simulate says from it what was known on a day; explain
# says the due of an earlier rule and the years without holiday data; acknowledge,
# silence, endpoint and audit work with the real daemon, refuse what they must and say
# what to do.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, json, os, shutil, subprocess, time
from daemon import *

TOOL = os.path.join(BIN, "caseclock")
# A policy with a rule that was another before, and holidays of few years.
pack = os.path.join(TMP, "pack")
shutil.copytree(PACK, pack)
with open(os.path.join(pack, "rules", "zz_test.yaml"), "w") as f:
    f.write("""rules:
  - rule: zz-notice
    section: test
    title: Send the notice
    kind: deadline
    responsible: caseworker
    for: i in intake.received
    subject: i.intake_id
    due: EOD(BD(D(i.time), 5))
    earlier:
      - started_before: 2020-01-01
        due: EOD(BD(D(i.time), 10))
""")
holidays = os.path.join(TMP, "holidays.txt")
with open(holidays, "w") as f:
    f.write("2018-01-01 # New Year\n2024-07-04 # Independence Day\n")
CONFIG = CONFIG.replace("policy: {pack}\n", f"policy: {pack}\nholidays: {holidays}\n")
d = Daemon(config=CONFIG, more="alerts: {group_wait: 0s}\n")
atexit.register(d.kill_at_exit)
d.start()


def tool(code, *words, stdin=""):
    """Standard output of the tool, which must end with this code; and its errors."""
    p = subprocess.run([TOOL, "--socket", "s", *words], input=stdin, text=True, cwd=d.home,
                       capture_output=True, timeout=WAIT, env={**os.environ, "TZ": "UTC"})
    check(p.returncode == code, f"exit {p.returncode}, not {code}: {words}\n{p.stdout}{p.stderr}")
    return p.stdout, p.stderr


def said(words, got):
    check(words in got[0] + got[1], f"not said: {words}\n{got}")


def lines(got):
    return [json.loads(l) for l in got[0].splitlines()]


# --- two years of history: an intake every seventeen days
history = []
for n in range(40):
    at = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400 * (730 - 17 * n)))
    i = event(f"h-{n}", f"old-{n}", time=f"{at}T12:00:00Z", recordedtime=f"{at}T12:05:00Z")
    i["data"]["priority"] = "P1"
    history.append(i)
text = "".join(json.dumps(e) + "\n" for e in history)
said("40 accepted, 0 known before, 0 refused", tool(0, "send", "--import", "-", stdin=text))
held = lines(tool(0, "alerts", "--held", "--json"))
check(held and all(a["held"] == "history" for a in held), "nothing is held as history")
far = [a for a in held if a["case"] == "old-0"]
check(far, "nothing held of the oldest case")
check(not [m for m in lines(tool(0, "messages", "--json", "--case", "old-0"))],
      "somebody is told of the distant past")
for m in lines(tool(0, "messages", "--json")):
    check(m["case"] not in {f"old-{n}" for n in range(30)}, f"told of the past: {m}")

# --- the records say when they were made, and what was known on a day comes of them
events = lines(tool(0, "events", "old-0"))
check([e["recordedtime"] for e in events] == [history[0]["recordedtime"]], f"{events}")
void = {**history[0], "id": "x-0", "type": "event.voided", "time": history[0]["time"],
        "recordedtime": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 86400 * 400)),
        "data": {"event_id": "h-0"}}
tool(0, "send", "--import", "-", stdin=json.dumps(void) + "\n")
out = tool(0, "events", "old-0")[0]
check(len(out.splitlines()) == 2, "not two events")


def known_at(days):
    at = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 86400 * days))
    p = subprocess.run([TOOL, "simulate", "--policy", pack, "--holidays", holidays,
                        "--as-known-at", at], input=out, text=True, capture_output=True)
    check(p.returncode == 0, p.stderr)
    return {json.loads(l)["clock"] for l in p.stdout.splitlines()}


check("zz-notice" in known_at(500), "the clock was known then")
check("zz-notice" not in known_at(300), "the void was known then")

# --- an import is asked for: without it recordedtime counts for nothing, with it nothing
# was recorded after now
e = event("n-1", "new-1", recordedtime="2019-01-01T00:00:00Z")
tool(0, "send", "-", stdin=json.dumps(e) + "\n")
check(lines(tool(0, "events", "new-1"))[0]["recordedtime"] > "2026", "recordedtime counts")
e = event("n-2", "new-1", recordedtime=stamp(86400))
said("line 1: future_time /recordedtime", tool(4, "send", "--import", "-",
                                               stdin=json.dumps(e) + "\n"))

# --- explain: the rule as it was, and years nobody vouches for
tool(0, "send", "--import", "-", stdin="".join(json.dumps(event(
    f"y-{y}", "years", time=f"{y}-03-05T15:00:00Z",
    data={"intake_id": f"in-{y}", "priority": "P2", "screened": False,
          "victim_person_ids": ["v1"]})) + "\n" for y in (2018, 2024, 2026)))
got = tool(0, "explain", "years", "zz-notice", "in-2018")
said("BD(D(i.time), 10)", got)
said("as the rule was for clocks that started before 2020-01-01", got)
x = lines(tool(0, "explain", "years", "zz-notice", "in-2018", "--json"))[0]
check(x["rule"]["due"] == "EOD(BD(D(i.time), 10))" and
      x["rule"]["started_before"] == "2020-01-01", f"{x['rule']}")
check(x["due"] == "2018-03-20T04:59:59Z", x["due"])
check(x["no_holiday_data"] == [], f"{x['no_holiday_data']}")
x = lines(tool(0, "explain", "years", "zz-notice", "in-2024", "--json"))[0]
check(x["rule"]["due"] == "EOD(BD(D(i.time), 5))" and x["rule"]["started_before"] is None,
      f"{x['rule']}")
check(x["no_holiday_data"] == [], "2024 is vouched for")
got = tool(0, "explain", "years", "zz-notice", "in-2026")
said("no holiday data for 2026: its days are counted as if none were a holiday", got)
x = lines(tool(0, "explain", "years", "zz-notice", "in-2026", "--json"))[0]
check(x["no_holiday_data"] == [2026], f"{x['no_holiday_data']}")
# A rule that counts no business days does not need them.
x = lines(tool(0, "explain", "years", "priority-2-initial-contact", "v1", "--json"))
check(x and all(k["no_holiday_data"] == [] for k in x), "years of a rule that counts hours")
year = time.gmtime().tm_year
got = tool(0, "status")
said("holidays    known from 2018-01-01 to 2024-12-31", got)
said(f"no holiday data for {year}: ", got)
said(f"no holiday data for {year + 1}: ", got)
said("zone data ", got)
p = json.loads(tool(0, "status", "--json")[0])["policy"]
check(p["no_holiday_data"] == [year, year + 1] and p["zones"], f"{p}")

# --- acknowledge: with an end, by somebody, of a clock that somebody was told of
i = event("a-1", "live", time=stamp(-200000))
a = event("a-0", "live", type="case.assigned", time=stamp(-200001),
          data={"role": "primary", "staff_id": "s-worker"})
tool(0, "send", "-", stdin="".join(json.dumps(e) + "\n" for e in (a, i)))
told = [a for a in lines(tool(0, "alerts", "live", "--json")) if a["messages"]]
check(told, "nobody is told")
safe = next(a for a in told if a["clock"] == "priority-2-initial-contact")
clock = (safe["case"], safe["clock"], safe["subject"])
said("an end", tool(2, "acknowledge", *clock, "--as", "s-worker"))
said("--as STAFF_ID", tool(2, "acknowledge", *clock, "--for", "1h"))
said("CASE CLOCK", tool(2, "acknowledge", "live", "--for", "1h", "--as", "s-worker"))
said("for: ", tool(2, "acknowledge", *clock, "--for", "soon", "--as", "s-worker"))
said("safety", tool(2, "acknowledge", *clock, "--for", "5h", "--as", "s-worker"))
tool(2, "acknowledge", "live", "no-such-clock", "--for", "1h", "--as", "s-worker")
said("acknowledged until ", tool(0, "acknowledge", *clock, "--for", "4h", "--as", "s-worker"))
got = lines(tool(0, "acknowledge", "--alert", str(safe["id"]), "--until", stamp(600), "--as",
                 "s-worker", "--json"))[0]
check(got["acknowledged"] == safe["id"] and got["until"], f"{got}")

# --- silence: of something, for a reason, with an end, never of a safety clock
said("of what?", tool(2, "silence", "add", "--for", "1h", "--reason", "x", "--as", "s-sup"))
said("why?", tool(2, "silence", "add", "--case", "live", "--for", "1h", "--as", "s-sup"))
said("an end", tool(2, "silence", "add", "--case", "live", "--reason", "x", "--as", "s-sup"))
said("who", tool(2, "silence", "add", "--case", "live", "--for", "1h", "--reason", "x"))
said("safety clock", tool(2, "silence", "add", "--clock", "priority-1-initial-contact",
                          "--for", "1h", "--reason", "x", "--as", "s-sup"))
said("no silence is in force", tool(0, "silence", "list"))
got = lines(tool(0, "silence", "add", "--case", "live", "--recipient", "s-worker", "--for",
                 "1h", "--reason", "outage", "--as", "s-sup", "--json"))[0]
n = str(got["silence"])
got = lines(tool(0, "silence", "list", "--json"))
check(len(got) == 1 and (got[0]["case"], got[0]["clock"], got[0]["recipient"], got[0]["by"],
      got[0]["reason"], got[0]["ended"]) == ("live", None, "s-worker", "s-sup", "outage", None),
      f"{got}")
said("1 silences are in force", tool(0, "status"))
said("has ended", tool(0, "silence", "end", n))
tool(2, "silence", "end", n)
tool(2, "silence", "end", "none")
said("no silence is in force", tool(0, "silence", "list"))
check(lines(tool(0, "silence", "list", "--all", "--json"))[0]["ended"], "it has not ended")

# --- endpoints, the rounds, and what was done by whom
tool(2, "endpoint", "enable", "nothing")
said("email is used again", tool(0, "endpoint", "enable", "email"))
names = [e["name"] for e in json.loads(tool(0, "status", "--json")[0])["endpoints"]]
check("email" in names, f"{names}")
said("the rounds have begun", tool(0, "audit", "run"))
until("the rounds", lambda: json.loads(tool(0, "status", "--json")[0])["rounds"]["at"])
check(json.loads(tool(0, "status", "--json")[0])["rounds"]["gaps"] == 0, "gaps")
done = lines(tool(0, "audit", "--json"))
check([x["what"] for x in done if x["what"] != "import.begin"] ==
      ["alert.acknowledge", "alert.acknowledge", "silence.add", "silence.end",
       "endpoint.enable", "audit.run"], f"{done}")
check({x["who"] for x in done} == {f"uid {os.getuid()}"}, f"{done}")
check('"by":"s-sup"' in next(x["detail"] for x in done if x["what"] == "silence.add"), f"{done}")
d.stop()
EOF
