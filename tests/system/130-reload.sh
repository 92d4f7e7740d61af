#!/bin/sh
# Goal: SIGHUP reads configuration, pack, holidays and directory anew, all or
# nothing: after a mistake the old ones stay in force and the log says where; after a
# change cases are derived anew and their clocks are the new policy's.
# --check-config finds the same mistakes, each kind with its exit status.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, os, shutil, signal, subprocess
from daemon import *

pack = os.path.join(TMP, "pack")
shutil.copytree(PACK, pack)
d = Daemon(config=CONFIG.replace("{pack}", pack))
atexit.register(d.kill_at_exit)
d.start()
line = d.line()
for i in range(200):
    line.send(event(f"e{i}", f"c{i}", time=stamp(-60)))
for i in range(200):
    check(line.read()["status"] == "accepted", "an event")
first = line.ask("policy.info")


def reload():
    def done():
        c = line.ask("status")["counters"]
        return c["reloads"] + c["reloads_refused"]
    before = done()
    d.p.send_signal(signal.SIGHUP)
    until("the reload", lambda: done() > before)
    return line.ask("status")["counters"]


def refused(what, words, exit_status):
    """The mistake is refused by a reload, and found by --check-config."""
    old = line.ask("status")["counters"]["reloads"]
    mark = len(d.log())
    check(reload()["reloads"] == old, f"{what} is taken")
    said = d.log()[mark:]
    check(words in said and "reload refused" in said, f"{what}: the log says {said!r}")
    r = subprocess.run([os.path.join(BIN, "caseclockd"), "-c", d.config, "--check-config"],
                       capture_output=True, text=True, cwd=d.home)
    check(r.returncode == exit_status and words in r.stderr, f"{what}: {r}")
    check(line.ask("policy.info") == first, f"{what} changed the policy")
    check(line.tell(event("again-" + what.replace(" ", "-"), "c1"))["status"] == "accepted",
          f"after {what}")


config = open(d.config).read()
d.write("c.yaml", config + "limits: {lines: 5}\n")
refused("an unknown key", "c.yaml:10:10: limits: unknown key 'lines'", 3)
d.write("c.yaml", config.replace('source: "*"', "source: /x"))
refused("no route for all", "a route for the source \"*\" is required", 3)
d.write("c.yaml", config.replace("staff_id: s-duty", "staff_id: s-nobody"))
refused("a route to nobody", "the directory has no staff_id 's-nobody'", 5)
d.write("c.yaml", config)
d.write("directory.csv", DIRECTORY.replace(",s-sup,", ",s-unknown,"))
refused("an unknown supervisor", "directory.csv:4:41: unknown supervisor 's-unknown'", 5)
d.write("directory.csv", DIRECTORY)
rules = os.path.join(pack, "rules", "contact.yaml")
text = open(rules).read()
with open(rules, "w") as f:
    f.write(text + "\nnonsense: [\n")
refused("a broken pack", "contact.yaml:", 4)
with open(rules, "w") as f:
    f.write(text)
template = os.path.join(pack, "templates", "en", "alert.txt")
words = open(template).read()
with open(template, "w") as f:
    f.write("{{nobody}}\n" + words)
refused("a mistaken template", "alert.txt:1:3: there is no name 'nobody' here", 4)
with open(template, "w") as f:
    f.write(words)
d.write("c.yaml", config.replace("state_dir: state", "state_dir: other"))
old = line.ask("status")["counters"]["reloads"]
check(reload()["reloads"] == old and "needs a restart" in d.log(), "another state_dir is taken")
d.write("c.yaml", config)

# A good one: a person more, another due of one rule.
d.write("directory.csv", DIRECTORY + "s-new,caseworker,new@example.org,,s-sup,,,,,\n")
title = "See the child"
check(title in text, "the rule to be changed")
with open(rules, "w") as f:
    f.write(text.replace(title, "Meet the child"))
old = line.ask("status")["counters"]["reloads"]
check(reload()["reloads"] == old + 1, "a good reload is refused: " + d.log()[-800:])
now = line.ask("policy.info")
check(now["stamp"] != first["stamp"], "the policy is the old one")
check(any(r["title"].startswith("Meet the child") for r in now["rules"]), "the rule is the old one")
until("all cases to be derived anew", lambda: line.ask("status")["stale"] == 0)
check(line.ask("status")["counters"]["rederived"] >= 200, "not all were derived anew")

# A restart under another policy does the same.
with open(rules, "w") as f:
    f.write(text)
line.close()
d.stop()
d.start()
line = d.line()
until("all cases after a restart", lambda: line.ask("status")["stale"] == 0)
check(line.ask("status")["counters"]["rederived"] >= 200, "a restart derives nothing anew")
line.close()
d.stop()
EOF
