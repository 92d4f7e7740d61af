#!/bin/sh
# Goal: the example module is built by its own Makefile from the installed headers alone,
# is loaded from modules.dir, and gets a copy of every alert, whole and under its id; it
# stays loaded over a reload.  A module of another ABI, one without the symbol, one that
# others may write, and a name that is no module's are refused, with words, before
# anything runs.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, glob, json, os, shlex, shutil, signal, subprocess
from daemon import *

root = os.path.join(TMP, "root")
src = os.path.join(TMP, "module")
mods = os.path.join(TMP, "mods")
spool = os.path.join(TMP, "spool")


def run(*args, **more):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       timeout=300, **more)
    return p.returncode, p.stdout


rc, out = run(*shlex.split(os.environ["CC_MAKE"]), "install", "DESTDIR=" + root)
check(rc == 0, "make install: " + out[-2000:])
shutil.copytree(os.path.join(root, "usr/local/share/doc/caseclock/module"), src)
os.makedirs(mods, mode=0o755)
os.makedirs(spool)


def build(name, flags=""):
    """The module, by its own Makefile, into the folder of modules."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    rc, out = run("make", "-s", "-B", "CASECLOCK=" + os.path.join(root, "usr/local/include/caseclock"),
                  "CPPFLAGS=-Werror -Wpedantic " + flags, cwd=src, env=env)
    check(rc == 0, "the module does not build: " + out)
    to = os.path.join(mods, name)
    shutil.copy(os.path.join(src, "spool.so"), to)
    os.chmod(to, 0o644)
    return to


def more(rest="  spool: {folder: %s}\n" % spool, copies="spool, journal"):
    return "modules:\n  dir: %s\n%salerts: {group_wait: 0s, copies: [%s]}\n" % (mods, rest, copies)


# --- what is refused, and how it is said
def refused(words, **config):
    d = Daemon(more=more(**config), name="refused")
    rc, out = run(os.path.join(BIN, "caseclockd"), "-c", d.config, "--check-config", cwd=d.home)
    check(rc == 3 and words in out, f"expected exit 3 and '{words}': {rc} {out}")
    rc, out = run(os.path.join(BIN, "caseclockd"), "-c", d.config, cwd=d.home)
    check(rc == 3 and words in out, f"a start: expected exit 3 and '{words}': {rc} {out}")


refused("there is no such module")
other = build("spool.so", "-DSPOOL_ABI=77")
refused(other + ": notifier module speaks ABI 77, this daemon 2")
os.remove(other)
nothing = os.path.join(mods, "nothing.so")
with open(os.path.join(TMP, "nothing.c"), "w") as f:
    f.write("int nothing_at_all;\n")
rc, out = run("cc", "-shared", "-fPIC", "-o", nothing, os.path.join(TMP, "nothing.c"))
check(rc == 0, out)
os.chmod(nothing, 0o644)
refused("nothing.so: not a notifier module: it has no symbol caseclock_notifier")
with open(nothing, "w") as f:
    f.write("no shared object")
refused("nothing.so")
os.remove(nothing)
good = build("spool.so")
os.chmod(good, 0o666)
refused(good + ": others than its owner may write it (mode 0666)")
os.chmod(good, 0o644)
os.chmod(mods, 0o777)
refused(mods + ": others than its owner may write it")
os.chmod(mods, 0o755)
os.symlink(good, os.path.join(mods, "link.so"))
refused("link.so: not a plain file")
os.remove(os.path.join(mods, "link.so"))
shutil.copy(good, os.path.join(mods, "twice.so"))
refused("twice.so: there is a module named spool already")
os.remove(os.path.join(mods, "twice.so"))
refused("spool: colour: expected folder", rest="  spool: {folder: %s, colour: red}\n" % spool)
refused("spool: folder is missing", rest="")
refused("there is no module pigeon", copies="pigeon")

# --- what is done
d = Daemon(more=more())
atexit.register(d.kill_at_exit)
d.start()
line = d.line()
e = event("e1", time=stamp(-4 * 86400))
check(line.tell(e)["status"] == "accepted", "the event is refused")


def files():
    return [f for f in glob.glob(os.path.join(spool, "*.json"))]


def sent(channel):
    return [m for m in items(line, "messages.list", state="sent") if m["channel"] == channel]


def all_sent():
    # Every copy that was queued is a file.
    queued = [m for m in items(line, "messages.list", state="queued") if m["channel"] == "spool"]
    return not queued and sent("spool") and len(files()) == len(sent("spool"))


until("the copies of the alerts", all_sent)
told = {}
for name in files():
    with open(name) as f:
        m = json.load(f)
    check(os.path.basename(name) == m["id"] + ".json", "a file is not named by its id")
    told[m["id"]] = m
check({m["id"] for m in sent("spool")} == set(told), "files and messages differ")
check(any(m["state"] == "overdue" and m["severity"] == "critical" for m in told.values()),
      f"no breach: {told}")
check(not glob.glob(os.path.join(spool, ".*")), "half a file is left")
until("the copies in the log", lambda: sent("journal") and "case c1: " in d.log())
shown = {x["name"]: x for x in line.ask("status")["endpoints"]}
check(shown["spool"]["state"] == "ok" and shown["journal"]["state"] == "ok", str(shown))

# A reload opens it anew with other settings; the module itself stays.
second = os.path.join(TMP, "second")
os.makedirs(second)
with open(d.config) as f:
    text = f.read()
d.write("c.yaml", text.replace(spool + "}", second + "}"))
d.p.send_signal(signal.SIGHUP)
until("the reload", lambda: line.ask("status")["counters"]["reloads"] == 1)
before = len(files())
check(line.tell(event("e2", case="c2", time=stamp(-4 * 86400)))["status"] == "accepted", "e2")
until("copies in the other folder", lambda: glob.glob(os.path.join(second, "*.json")))
check(len(files()) == before, "the old folder is still used")
line.close()
d.stop()
EOF
