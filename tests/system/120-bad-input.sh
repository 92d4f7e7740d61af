#!/bin/sh
# Goal: every kind of bad input gets its code, and the daemon goes on: so says an
# event that is accepted after each, on the same connection where it stays open.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'EOF'
import atexit, json, os, socket, subprocess, time
from daemon import *

d = Daemon(more="limits: {clients: 5}")
atexit.register(d.kill_at_exit)
d.start()
n = 0


def fresh(**more):
    global n
    n += 1
    return event(f"b{n}", "bad", **more)


def with_data(**data):
    e = fresh()
    e["data"].update(data)
    return e


def without(member):
    e = fresh()
    del e[member]
    return e


def raw(e):
    return json.dumps(e).encode() + b"\n"


good = fresh()
double = raw(fresh()).replace(b'"subject"', b'"id": "x", "subject"', 1)
table = [
    ("not JSON", b"hello\n", "parse_error"),
    ("an empty line", b"\n", "parse_error"),
    ("not an object", b"[1,2]\n", "invalid_event"),
    ("a number", b"17\n", "invalid_event"),
    ("no id", raw(without("id")), "invalid_event"),
    ("no data", raw(without("data")), "invalid_event"),
    ("an unknown member", raw(fresh(name="Ann")), "invalid_event"),
    ("a member of another type", raw(fresh(id=7)), "invalid_event"),
    ("time without offset", raw(fresh(time="2026-03-07T18:30:00")), "invalid_time"),
    ("month 13", raw(fresh(time="2026-13-07T18:30:00Z")), "invalid_time"),
    ("year 9999", raw(fresh(time="9999-03-07T18:30:00Z")), "invalid_time"),
    ("a leap second", raw(fresh(time="2026-03-07T18:30:60Z")), "invalid_time"),
    ("in the future", raw(fresh(time=stamp(3600))), "future_time"),
    ("an unknown type", raw(fresh(type="no.such")), "unknown_type"),
    ("an unknown field", raw(with_data(narrative="text")), "invalid_data"),
    ("a wrong code", raw(with_data(priority="P9")), "invalid_data"),
    ("a missing field", raw(fresh(data={})), "invalid_data"),
    ("invalid UTF-8", b'{"specversion":"\xff\xfe"}\n', "parse_error"),
    ("1,000 nested lists", b"[" * 1000 + b"]" * 1000 + b"\n", "parse_error"),
    ("a NUL", raw(fresh()).replace(b"/t", b"/\0t", 1), "parse_error"),
    ("an escaped NUL", raw(fresh()).replace(b"/t", b"/\\u0000t", 1), "parse_error"),
    ("a duplicate key", double, "parse_error"),
    ("the same id with other content", None, "id_conflict"),
]
line = d.line()
check(line.tell(good)["status"] == "accepted", "a good event")
other = json.loads(json.dumps(good))
other["data"]["priority"] = "P1"
for what, bytes_, code in table:
    line.send(raw(other) if bytes_ is None else bytes_)
    a = line.read()
    check(a and a["status"] == "rejected" and a["error"]["code"] == code and
          a["error"]["message"], f"{what}: {a}, not {code}")
    a = line.tell(fresh())
    check(a and a["status"] == "accepted", f"after {what}: {a}")

# Only a usable id and source are echoed.
line.send(raw(fresh(id="no blanks please", type="x")))
a = line.read()
check("id" not in a and a.get("source") == "/t", f"echo: {a}")

# Everything at once, in one write: the answers keep the order.
line.send(b"".join(raw(other) if b is None else b for _, b, _ in table))
for what, _, code in table:
    a = line.read()
    check(a["error"]["code"] == code, f"{what} in a row: {a}")

# Wrong requests.
requests = [
    ({"jsonrpc": "2.0", "id": 1, "method": "no.such"}, -32601),
    ({"jsonrpc": "2.0", "id": 1, "method": "alert.acknowledge"}, -32602),
    ({"jsonrpc": "1.0", "id": 1, "method": "status"}, -32600),
    ({"jsonrpc": "2.0", "method": "status"}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "method": "status", "params": {"x": 1}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clocks.list", "params": {"limit": 0}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clocks.list", "params": {"limit": 1001}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clocks.list", "params": {"state": ["x"]}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clocks.list", "params": {"cursor": "x"}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clocks.list", "params": {"case": ""}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clock.explain", "params": {"case": "bad"}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "clock.explain",
      "params": {"case": "bad", "clock": "none"}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "case.events"}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "messages.list", "params": {"state": "x"}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "messages.redrive"}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "messages.redrive", "params": {"id": "none"}}, -32602),
    ({"jsonrpc": "2.0", "id": 1, "method": "backup", "params": {"path": "relative"}}, -32602),
]
for r, code in requests:
    a = line.tell(r)
    check(a.get("error", {}).get("code") == code, f"{r}: {a}")

# A line of 65 KiB is answered, and the connection closed; what came before is not lost.
for size in (65537, 66560, 1000000):
    big = d.line()
    big.send(raw(fresh()))
    try:
        big.send(b'{"specversion":"' + b"x" * size + b'"}\n')
    except OSError:
        pass                    # it may be closed before all of it is written
    check(big.read()["status"] == "accepted", "the line before a long one")
    a = big.read()
    check(a["error"]["code"] == "too_large", f"{size}: {a}")
    check(big.read() is None, "the connection stays open after a long line")
    big.close()
full = raw(fresh())[:-1]
exact = full + b" " * (65536 - len(full)) + b"\n"
check(line.tell(exact)["status"] == "accepted", "a line of exactly 64 KiB")

# Half a line and a hang-up is dropped and counted.
before = line.ask("status")["counters"]["half_lines"]
half = d.line()
half.send(raw(fresh())[:40])
half.s.shutdown(socket.SHUT_WR)
check(half.read() is None, "half a line is answered")
half.close()
until("the count of half lines",
      lambda: line.ask("status")["counters"]["half_lines"] == before + 1)

# Lines before the end of input are answered after it.
tail = d.line()
tail.send(raw(fresh()) + raw(fresh()))
tail.s.shutdown(socket.SHUT_WR)
check([tail.read()["status"], tail.read()["status"]] == ["accepted"] * 2 and
      tail.read() is None, "answers after the end of input")
tail.close()

# A client that never reads is paused: it cannot send for ever, and others go on.
deaf = d.line()
deaf.s.setblocking(False)
ask = b'{"jsonrpc":"2.0","id":1,"method":"policy.info"}\n' * 400
stuck = since = 0
end = time.monotonic() + WAIT
while time.monotonic() < end:
    try:
        stuck += deaf.s.send(ask)
        since = time.monotonic()
    except BlockingIOError:
        if since and time.monotonic() - since > 1:
            break
        time.sleep(0.02)
check(time.monotonic() < end, "a client that never reads can send for ever")
check(line.tell(fresh())["status"] == "accepted", "beside a client that never reads")
with open(f"/proc/{d.p.pid}/status") as f:
    rss = [int(l.split()[1]) for l in f if l.startswith("VmRSS")][0]
print(f"sent {stuck} bytes before it was paused, resident {rss} KiB")
deaf.close()

# One connection too many is told so.
crowd = [d.line() for _ in range(4)]
for c in crowd:
    check("result" in c.tell({"jsonrpc": "2.0", "id": 1, "method": "status"}), "in the crowd")
extra = d.line()
a = extra.read()
check(a["error"]["code"] == "overloaded" and extra.read() is None, f"too many: {a}")
for c in crowd + [extra]:
    c.close()


# Somebody without a right is told so; with only one of them, half of it.
def as_nobody(text):
    return subprocess.run(["/usr/bin/python3", "-c", f"""
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
os.setgroups([]); os.setgid(65534); os.setuid(65534)
os.chdir({d.home!r})
s.connect("s")
try:
    s.sendall({text!r})
except OSError:
    pass
s.shutdown(socket.SHUT_WR)
sys.stdout.write(s.makefile().read())
"""], capture_output=True, text=True)


if os.geteuid() == 0:
    os.chmod(TMP, 0o755)
    os.chmod(d.home, 0o755)
    until("room for one more", lambda: line.ask("status")["clients"] < 4)
    out = as_nobody(raw(fresh()))
    a = json.loads(out.stdout) if out.stdout else {}
    check(a.get("error", {}).get("code") == "forbidden", f"nobody: {out}")
    line.close()
    d.stop()
    with open(d.config, "a") as f:
        f.write("access: {read: {users: [nobody]}}\n")
    d.start()
    out = as_nobody(raw(fresh()) + raw({"jsonrpc": "2.0", "id": 1, "method": "status"}) +
                    raw({"jsonrpc": "2.0", "id": 2, "method": "messages.redrive",
                         "params": {"all": True}}))
    a = [json.loads(l) for l in out.stdout.splitlines()]
    check(len(a) == 3 and a[0]["error"]["code"] == "forbidden" and "result" in a[1] and
          a[2]["error"]["code"] == -32001, f"a reader: {out}")
    line = d.line()
check(line.tell(fresh())["status"] == "accepted", "at the end")
d.stop()
EOF
