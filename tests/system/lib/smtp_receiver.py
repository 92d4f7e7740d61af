#!/usr/bin/python3
"""An SMTP server on loopback for tests: keeps what it is sent, answers as told.

Prints "PORT n" once it listens (the kernel chooses the port), stores each mail as
FOLDER/NNNN.eml and the envelope as FOLDER/NNNN.json, appends a line to FOLDER/log.jsonl
for each connection and login.  Ends on SIGTERM and after --max-seconds.

  smtp_receiver.py --folder DIR [--cert FILE --key FILE] [--user U --password-file F]
      [--answer ADDRESS=CODE ...] [--max-seconds N]

With --cert it offers STARTTLS and takes no mail without; with --user it wants a login
(over TLS, when there is a certificate).  --answer gives the reply to RCPT of an address.
"""
import argparse
import asyncio
import json
import logging
import os
import signal
import ssl
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    sys.exit("smtp_receiver: the Debian package python3-aiosmtpd is missing")


class Store:
    def __init__(self, args):
        self.args = args
        self.count = 0
        self.connections = 0
        self.answers = dict(a.rsplit("=", 1) for a in args.answer)

    def note(self, **what):
        with open(os.path.join(self.args.folder, "log.jsonl"), "a") as log:
            log.write(json.dumps(what) + "\n")

    async def handle_RCPT(self, server, session, envelope, address, options):
        code = self.answers.get(address)
        if code is not None:
            return code + (" 4.0.0 try later" if code[0] == "4" else " 5.1.1 refused")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = os.path.join(self.args.folder, "%04d" % self.count)
        facts = {
            "connection": session.cc_number,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": session.cc_login,
        }
        with open(name + ".json.part", "w") as out:
            json.dump(facts, out)
        with open(name + ".eml", "wb") as out:
            out.write(envelope.original_content)
        os.rename(name + ".json.part", name + ".json")
        return "250 2.0.0 kept as %04d" % self.count


class Server(SMTP):
    def _create_session(self):
        before = getattr(self, "session", None)
        session = super()._create_session()
        session.cc_login = None
        if before is not None:          # the same connection, now under TLS
            session.cc_number = before.cc_number
            return session
        store = self.event_handler
        store.connections += 1
        session.cc_number = store.connections
        store.note(connection=store.connections)
        return session


def login(store, user, password):
    def check(server, session, envelope, mechanism, data):
        name = data.login.decode("utf-8", "replace")
        good = name == user and data.password.decode("utf-8", "replace") == password
        store.note(login=name, good=good, mechanism=mechanism)
        if good:
            session.cc_login = name
        return AuthResult(success=good, handled=False)
    return check


async def serve(args):
    store = Store(args)
    options = {"hostname": "smtp.test", "ident": "test", "loop": asyncio.get_running_loop()}
    if args.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(args.cert, args.key)
        tls.sni_callback = lambda sock, name, context: store.note(sni=name)
        options.update(tls_context=tls, require_starttls=True)
    if args.user:
        with open(args.password_file) as secret:
            password = secret.readline().rstrip("\n")
        options.update(auth_required=True, auth_require_tls=bool(args.cert),
                       authenticator=login(store, args.user, password))
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Server(store, **options), "127.0.0.1", 0)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    print("PORT %d" % listener.sockets[0].getsockname()[1], flush=True)
    try:
        await asyncio.wait_for(stop.wait(), args.max_seconds)
    except asyncio.TimeoutError:
        pass
    listener.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password-file")
    parser.add_argument("--answer", action="append", default=[], metavar="ADDRESS=CODE")
    parser.add_argument("--max-seconds", type=float, default=120)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    asyncio.run(serve(args))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    main()
