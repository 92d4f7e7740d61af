#!/usr/bin/python3
"""An SMTP server on loopback for tests: keeps what it is sent, answers as told.

Prints "PORT n" once it listens (the kernel chooses the port), stores each mail as
FOLDER/NNNN.eml and the envelope as FOLDER/NNNN.json, appends a line to FOLDER/log.jsonl
for each connection and login.  Ends on SIGTERM and after --max-seconds.

  smtp_receiver.py --folder DIR [--cert FILE --key FILE [--implicit] [--tls13]]
      [--user U --password-file F | --user U --token-file F] [--dsn | --dsn-broken]
      [--answer ADDRESS=CODE ...] [--max-seconds N]

With --cert it offers STARTTLS and takes no mail without; --implicit has TLS from the
first byte on instead, --tls13 nothing older.  With --user it wants a login (over TLS, when
there is a certificate), with --token-file by XOAUTH2.  --dsn offers delivery notices and
keeps what was asked for, --dsn-broken offers them and understands no request.  --answer
gives the reply to RCPT of an address.
"""
import argparse
import asyncio
import base64
import json
import logging
import os
import signal
import ssl
import sys

try:
    from aiosmtpd.smtp import MISSING, SMTP, AuthResult
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

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if self.args.dsn or self.args.dsn_broken:
            responses.insert(-1, "250-DSN")
        if not self.args.user:
            return [r for r in responses if not r.startswith("250-AUTH")]
        return responses

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
            "tls": session.ssl is not None or self.args.implicit,
            "login": session.cc_login,
            "notices": list(server.cc_notices),
        }
        with open(name + ".json.part", "w") as out:
            json.dump(facts, out)
        with open(name + ".eml", "wb") as out:
            out.write(envelope.original_content)
        os.rename(name + ".json.part", name + ".json")
        return "250 2.0.0 kept as %04d" % self.count


class TokenStore(Store):
    async def auth_XOAUTH2(self, server, args):
        """RFC 7628's older brother: user=NAME^Aauth=Bearer TOKEN^A^A."""
        blob = args[1].encode() if len(args) > 1 else await server.challenge_auth(b"")
        if blob is MISSING:
            return AuthResult(success=False, handled=True)
        with open(self.args.token_file) as secret:
            token = secret.readline().rstrip("\n")
        wanted = "user=%s\1auth=Bearer %s\1\1" % (self.args.user, token)
        good = base64.b64decode(blob) == wanted.encode()
        self.note(login=self.args.user, good=good, mechanism="XOAUTH2")
        if good:
            server.session.cc_login = self.args.user
        else:           # the reason comes as a challenge, and wants an answer
            await server.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        return AuthResult(success=good, handled=False)


def without(words, names, kept):
    """The parameters of `names` go to `kept`, the rest is given back."""
    rest = []
    for word in words:
        (kept if word.split("=")[0].upper() in names else rest).append(word)
    return " ".join(rest)


class Server(SMTP):
    cc_notices = ()

    async def smtp_MAIL(self, arg):
        self.cc_notices = []
        if arg and self.event_handler.args.dsn:
            arg = without(arg.split(), ("RET", "ENVID"), self.cc_notices)
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if arg and self.event_handler.args.dsn:
            arg = without(arg.split(), ("NOTIFY", "ORCPT"), self.cc_notices)
        await super().smtp_RCPT(arg)

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
    store = TokenStore(args) if args.token_file else Store(args)
    implicit = None
    options = {"hostname": "smtp.test", "ident": "test", "loop": asyncio.get_running_loop()}
    if args.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(args.cert, args.key)
        tls.sni_callback = lambda sock, name, context: store.note(sni=name)
        if args.tls13:
            tls.minimum_version = ssl.TLSVersion.TLSv1_3
        if args.implicit:
            implicit = tls
        else:
            options.update(tls_context=tls, require_starttls=True)
    if args.token_file:
        options.update(auth_required=True, auth_require_tls=not args.implicit,
                       auth_exclude_mechanism=["PLAIN", "LOGIN"])
    elif not args.user:
        options.update(auth_exclude_mechanism=["PLAIN", "LOGIN"])
    else:
        with open(args.password_file) as secret:
            password = secret.readline().rstrip("\n")
        options.update(auth_required=True,
                       auth_require_tls=bool(args.cert) and not args.implicit,
                       authenticator=login(store, args.user, password))
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Server(store, **options), "127.0.0.1", 0,
                                        ssl=implicit)
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
    parser.add_argument("--token-file")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--tls13", action="store_true")
    parser.add_argument("--dsn", action="store_true")
    parser.add_argument("--dsn-broken", action="store_true")
    parser.add_argument("--answer", action="append", default=[], metavar="ADDRESS=CODE")
    parser.add_argument("--max-seconds", type=float, default=120)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    asyncio.run(serve(args))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    main()
