#!/usr/bin/python3
"""The far side of `caseclock`: a socket that answers as a test wants.

Listens on SOCKET, prints "ready", serves one connection after another, ends on SIGTERM
and after --max-seconds.  An event is accepted, or is a duplicate when its source and id
came before; an id that begins with "bad" is refused.

  fake_daemon.py SOCKET [--close-after N] [--forbid] [--hold N] [--garbage] [--long BYTES]
      [--max-seconds N]

--close-after N  answer N lines, then close
--forbid         answer once, unasked, that this user may not, then close
--hold N         answer nothing before N lines have come, or the sender has ended
--garbage        answer with something that is no answer
--long BYTES     give lists one item with a text that long
"""
import argparse
import json
import signal
import socket


def event_answer(event, known):
    key = (event.get("source"), event.get("id"))
    who = {"id": key[1], "source": key[0]}
    if str(key[1]).startswith("bad"):
        return {"status": "rejected", **who, "error": {
            "code": "invalid_data", "pointer": "/data/x", "message": "expected \x1b[31mred"}}
    if key in known:
        return {"status": "duplicate", **who, "seq": known[key]}
    known[key] = len(known) + 1
    return {"status": "accepted", **who, "seq": known[key]}


def request_answer(request, args):
    reply = {"jsonrpc": "2.0", "id": request["id"]}
    method, params = request["method"], request.get("params", {})
    if method == "policy.info":
        return {**reply, "result": {"rules": [], "zone": "America/Chicago"}}
    if method == "clocks.list":
        page = int(params.get("cursor", "0"))
        text = "x" * args.long
        item = {"record": "clock", "case": "c%d" % page, "clock": "k", "subject": "s" + text,
                "state": "running", "due": "2026-07-01T12:00:00Z", "kind": "deadline"}
        more = str(page + 1) if page < 2 else None
        return {**reply, "result": {"items": [item], "next": more}}
    if params.get("case") == "wrong":
        return {**reply, "error": {"code": -32602, "message": "case: expected an id"}}
    return {**reply, "error": {"code": -32601, "message": "no such method"}}


def answer(line, args, known):
    if args.garbage:
        return b"[1,2,3]\n"
    try:
        document = json.loads(line)
    except ValueError:
        return json.dumps({"status": "rejected", "error": {
            "code": "parse_error", "pointer": "", "message": "not JSON"}}).encode() + b"\n"
    if "method" in document:
        out = request_answer(document, args)
    else:
        out = event_answer(document, known)
    return json.dumps(out).encode() + b"\n"


def serve(connection, args, known):
    if args.forbid:
        connection.sendall(b'{"status":"rejected","error":{"code":"forbidden","pointer":"",'
                           b'"message":"you may not"}}\n')
        return
    held, count, stream = [], 0, connection.makefile("rb")
    for line in stream:
        held.append(answer(line, args, known))
        if args.hold and len(held) + count < args.hold:
            continue
        for text in held:
            if args.close_after and count >= args.close_after:
                return
            connection.sendall(text)
            count += 1
        held = []
    for text in held:
        connection.sendall(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--close-after", type=int, default=0)
    parser.add_argument("--forbid", action="store_true")
    parser.add_argument("--hold", type=int, default=0)
    parser.add_argument("--garbage", action="store_true")
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--max-seconds", type=int, default=60)
    args = parser.parse_args()
    signal.alarm(args.max_seconds)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(args.socket)
    listener.listen(4)
    print("ready", flush=True)
    known = {}
    while True:
        connection, _ = listener.accept()
        try:
            serve(connection, args, known)
        except (BrokenPipeError, ConnectionResetError):
            pass
        connection.close()


if __name__ == "__main__":
    main()
