#!/usr/bin/python3
"""A webhook endpoint on loopback for tests: checks signatures, keeps what it is sent.

Prints "PORT n" once it listens (the kernel chooses the port) and appends one JSON line
for each POST to --log: the path, the headers that matter, the body, and the verdict on its
Standard Webhooks signature ("good", or what is wrong).  Ends on SIGTERM and after
--max-seconds.

  webhook_receiver.py --log FILE --secret-file FILE [--status CODE ...]
      [--retry-after SECONDS] [--cert FILE --key FILE] [--max-seconds N]

--status gives the answers in turn, the last one for all that follow (default 204).
"""
import argparse
import base64
import hashlib
import hmac
import json
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_MAX = 1 << 20
TOLERANCE_S = 300


def keys_of(path):
    with open(path) as secrets:
        lines = [line.strip() for line in secrets if line.strip()]
    return [base64.b64decode(line[len("whsec_"):] + "==") for line in lines]


def verdict(keys, headers, body):
    ident = headers.get("webhook-id")
    stamp = headers.get("webhook-timestamp")
    given = headers.get("webhook-signature")
    if not ident or not stamp or not given:
        return "a webhook header is missing"
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        return "the timestamp is too far from now"
    signed = ("%s.%s." % (ident, stamp)).encode() + body
    for key in keys:
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for signature in given.split(" "):
            if hmac.compare_digest(signature, "v1," + digest):
                return "good"
    return "no signature fits"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > BODY_MAX:
            self.close_connection = True
            self.answer(413)
            return
        body = self.rfile.read(int(length))
        self.server.keep(self.path, self.headers, body)
        self.answer(self.server.next_status())

    def answer(self, status):
        self.send_response(status)
        if self.server.args.retry_after is not None and status in (429, 503):
            self.send_header("Retry-After", self.server.args.retry_after)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, args):
        super().__init__(("127.0.0.1", 0), Handler)
        self.args = args
        self.keys = keys_of(args.secret_file)
        self.lock = threading.Lock()
        self.statuses = list(args.status) or [204]
        if args.cert:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(args.cert, args.key)
            self.socket = tls.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)

    def next_status(self):
        with self.lock:
            return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def keep(self, path, headers, body):
        line = {
            "path": path,
            "id": headers.get("webhook-id"),
            "content_type": headers.get("content-type"),
            "verdict": verdict(self.keys, headers, body),
            "body": body.decode("utf-8", "replace"),
        }
        with self.lock, open(self.args.log, "a") as log:
            log.write(json.dumps(line) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", required=True)
    parser.add_argument("--secret-file", required=True)
    parser.add_argument("--status", type=int, action="append", default=[])
    parser.add_argument("--retry-after")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--max-seconds", type=float, default=120)
    args = parser.parse_args()
    server = Receiver(args)

    def stop(*ignored):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    timer = threading.Timer(args.max_seconds, stop)
    timer.daemon = True
    timer.start()
    print("PORT %d" % server.server_port, flush=True)
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
