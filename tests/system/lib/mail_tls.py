#!/usr/bin/python3
"""Drives caseclock-mailer by its pipe against smtp_receiver.py (see 200-mail-tls.sh)."""
import email
import email.policy
import glob
import json
import os
import signal
import subprocess
import sys
import time

BATCHES, BATCH = 5, 10
HERE = os.path.dirname(os.path.abspath(__file__))


def escape(text):
    for plain, coded in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, coded)
    return text


class Server:
    def __init__(self, folder, *options):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "smtp_receiver.py"), "--folder", folder,
             "--max-seconds", "100", *options], stdout=subprocess.PIPE, text=True)
        word, port = self.process.stdout.readline().split()
        assert word == "PORT", word
        self.port = port

    def log(self):
        path = os.path.join(self.folder, "log.jsonl")
        if not os.path.exists(path):
            return []
        with open(path) as lines:
            return [json.loads(line) for line in lines]

    def mails(self):
        return sorted(glob.glob(os.path.join(self.folder, "*.eml")))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Worker:
    def __init__(self, program, home, fields):
        env = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C"}
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, env=env,
                                        stdout=subprocess.PIPE, text=True)
        self.write("config", "2", *fields)
        self.greeting = self.read()

    def write(self, *fields):
        self.process.stdin.write("\t".join(escape(f) for f in fields) + "\n")
        self.process.stdin.flush()

    def read(self):
        return self.process.stdout.readline().rstrip("\n").split("\t")

    def batch(self, jobs):
        for job in jobs:
            self.write("job", *job)
        self.write("go", str(len(jobs)))
        results = {}
        while True:
            line = self.read()
            if line[0] == "end":
                assert line[1] == str(len(jobs)), line
                break
            assert line[0] == "result" and line[1] not in results, line
            results[line[1]] = line[2:]
        assert len(results) == len(jobs)
        return results

    def close(self):
        self.process.stdin.close()
        return self.process.wait(10)


def mail(n, to="kim@example.test"):
    text = ("From: <clock@example.test>\r\nTo: <%s>\r\nSubject: =?UTF-8?Q?n=C2=B0_%d?=\r\n"
            "Message-ID: <m%d@example.test>\r\nReferences: <thread@example.test>\r\n"
            "Date: Mon, 09 Mar 2026 00:30:00 +0000\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n"
            "--=_b\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            ".dot first\r\n..\r\nna=C3=AFve %d=\r\n end\r\n"
            "--=_b\r\nContent-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>na=C3=AFve</p>\r\n"
            "--=_b--\r\n" % (to, n, n, n))
    return [str(n), "m%d" % n, "clock@example.test", to, text]


def rendered(program, n):
    """A mail of the daemon's own rendering."""
    text = subprocess.run([program, str(n)], stdout=subprocess.PIPE, check=True).stdout
    return [str(n), "%032x" % n, "clock@example.test", "kim@example.test", text.decode("ascii")]


def check(condition, what):
    if not condition:
        sys.exit("FAILED: " + what)
    print("ok: " + what)


def config(server, folder, **changes):
    fields = {"transport": "esmtp", "host": "localhost", "port": server.port,
              "tls": "starttls", "tls_min": "1.2", "ca": folder + "/ca.pem",
              "user": "clock", "password": folder + "/password", "token": "",
              "helo": "client.test", "timeout": "5000", "connections": "2", "dsn": "yes"}
    fields.update(changes)
    return list(fields.values())


def many(program, folder, home, server, transport):
    worker = Worker(program, home, config(server, folder, transport=transport))
    check(worker.greeting == ["ready", "2"], transport + ": the worker takes its settings")
    began = time.monotonic()
    for batch in range(BATCHES):
        results = worker.batch([mail(batch * BATCH + i) for i in range(BATCH)])
        check(all(r[0] == "sent" for r in results.values()),
              "%s: batch %d is sent" % (transport, batch))
    print("%d mails in %.2f s" % (BATCHES * BATCH, time.monotonic() - began))
    check(worker.close() == 0, "the worker ends when its pipe does")
    log = server.log()
    sessions = sum("connection" in line for line in log)
    check(len(server.mails()) == BATCHES * BATCH, "all mails arrived")
    if transport == "esmtp":
        check(sessions == BATCHES, "one session a batch")
    else:
        check(1 <= sessions <= 2, "%d sessions for all batches" % sessions)
    check([line["sni"] for line in log if "sni" in line] == ["localhost"] * sessions,
          "each handshake names its host")
    check(sum("good" in line for line in log) == sessions and
          all(line["good"] for line in log if "good" in line), "each login is right")


def parsed(server):
    seen = set()
    for path in server.mails():
        with open(path, "rb") as raw:
            message = email.message_from_binary_file(raw, policy=email.policy.default)
        with open(path[:-4] + ".json") as facts:
            envelope = json.load(facts)
        assert not message.defects, message.defects
        assert envelope["tls"] and envelope["login"] == "clock", envelope
        n = int(message["Message-ID"][2:].split("@")[0])
        seen.add(n)
        assert message["Subject"] == "n\u00b0 %d" % n, message["Subject"]
        assert message["References"] == "<thread@example.test>"
        assert message["Auto-Submitted"] == "auto-generated"
        plain, html = message.iter_parts()
        assert plain.get_content().rstrip("\n") == ".dot first\n..\nna\u00efve %d end" % n
        assert html.get_content_type() == "text/html"
    check(seen == set(range(BATCHES * BATCH)), "each mail is whole, once")


def own_mails(program, renderer, folder, home, server, transport):
    worker = Worker(program, home, config(server, folder, transport=transport))
    results = worker.batch([rendered(renderer, n) for n in range(3)])
    check(all(r[0] == "sent" for r in results.values()), "rendered mails are sent")
    check(worker.close() == 0, "the worker ends")
    for n, path in enumerate(server.mails()):
        with open(path, "rb") as raw:
            message = email.message_from_binary_file(raw, policy=email.policy.default)
        title = ("See the child for the first time \u2013 na\u00efve & <long> title that "
                 "does not fit on one line, number %d" % n)
        assert not message.defects, message.defects
        assert message["Subject"] == ("Case 48211234: overdue: %s, due Sun, 8 Mar 2026 "
                                      "19:30:00 CDT" % title), message["Subject"]
        assert message["From"].addresses[0].addr_spec == "clock@example.test"
        assert message["To"].addresses[0].addr_spec == "kim@example.test"
        assert message["Message-ID"] == "<%032x@example.test>" % n
        assert message["References"] == "<feedfacefeedfacefeedfacefeedface@example.test>"
        assert message["In-Reply-To"] == message["References"]
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime.timestamp() == 1773030600
        plain, html = message.iter_parts()
        assert plain.get_content_type() == "text/plain"
        lines = plain.get_content().splitlines()
        assert "Now: overdue by 4 hours" in lines[1:3], lines[:3]
        assert "Rule: priority-1-initial-contact (section 2244.1; \u00a7 2)" in lines
        assert html.get_content_type() == "text/html"
        assert "na\u00efve &amp; &lt;long&gt; title" in html.get_content()
    check(len(server.mails()) == 3, "rendered mails are read as they were meant")


def refused(program, home, fields, kind, code, words, what):
    worker = Worker(program, home, fields)
    check(worker.greeting == ["ready", "2"], what + ": the settings are taken")
    results = worker.batch([mail(1), mail(2)])
    for result in results.values():
        check(result[0] == kind and result[1] == code and words in result[2],
              "%s: %s" % (what, " | ".join(result)))
    check(worker.close() == 0, what + ": the worker ends in order")


def notices(program, folder, home, good, transport):
    """Asked for where they are offered, with the mail's id; not where they are not."""
    server = Server(folder + "/dsn-" + transport, *good, "--dsn", "--user", "clock",
                    "--password-file", folder + "/password")
    fields = config(server, folder, transport=transport)
    try:
        worker = Worker(program, home, fields)
        check(worker.batch([mail(1), mail(2)])["1"][0] == "sent", transport + ": sent with DSN")
        check(worker.close() == 0, "the worker ends")
        worker = Worker(program, home, fields[:-1] + ["no"])
        check(worker.batch([mail(3)])["3"][0] == "sent", transport + ": sent with dsn no")
        check(worker.close() == 0, "the worker ends")
        asked = []
        for path in sorted(glob.glob(server.folder + "/*.json")):
            with open(path) as facts:
                asked.append([w.replace("<", "").replace(">", "")
                              for w in json.load(facts)["notices"]])
        for n in (1, 2):
            check(sorted(asked[n - 1]) == ["ENVID=m%d" % n, "NOTIFY=FAILURE,DELAY",
                                           "ORCPT=rfc822;kim@example.test", "RET=HDRS"],
                  "%s: notices are asked for: %s" % (transport, asked[n - 1]))
        check(asked[2] == [], transport + ": dsn no asks for none")
    finally:
        server.stop()


def broken_notices(program, folder, home, good):
    server = Server(folder + "/dsn-broken", *good, "--dsn-broken")
    try:
        worker = Worker(program, home, config(server, folder, transport="curl", user="",
                                              password=""))
        results = worker.batch([mail(1), mail(2)])
        check(results["1"][0] == "temp" and results["1"][1] == "555",
              "a server that offers DSN and cannot: " + " | ".join(results["1"]))
        check(results["2"][0] == "sent", "the next mail goes without")
        check(worker.close() == 0, "the worker ends")
    finally:
        server.stop()


def refusals(program, folder, home, servers, transport):
    """What is not trusted gets nothing, and the words say why."""
    curl = transport == "curl"
    before = len(servers[0].log())
    refused(program, home, config(servers[0], folder, transport=transport,
                                  password=folder + "/bad-password"),
            "config", "auth", "5.7.8" if curl else "535", transport + ": wrong password")
    logins = [l for l in servers[0].log()[before:] if "login" in l]
    check(len(logins) == 1 and not logins[0]["good"], "a wrong password is tried once")
    refused(program, home, config(servers[1], folder, transport=transport), "temp", "tls",
            "no alternative certificate subject name" if curl else "ostname mismatch",
            transport + ": wrong name")
    refused(program, home, config(servers[0], folder, transport=transport,
                                  ca=folder + "/stranger.pem"),
            "temp", "tls", "certificate", transport + ": unknown authority")
    refused(program, home, config(servers[2], folder, transport=transport), "temp", "tls",
            "STARTTLS", transport + ": no STARTTLS")
    refused(program, home, config(servers[1], folder, transport=transport, host="127.0.0.1"),
            "temp", "tls", "127.0.0.1" if curl else "IP address mismatch",
            transport + ": address not in the certificate")
    worker = Worker(program, home, config(servers[3], folder, transport=transport,
                                          host="127.0.0.1"))
    check(worker.batch([mail(1)])["1"][0] == "sent",
          transport + ": an address in the certificate is taken")
    check(worker.close() == 0, "the worker ends")


def no_login_offered(program, folder, home, good):
    """libcurl would go on without a login; the worker does not."""
    server = Server(folder + "/no-auth", *good)
    try:
        refused(program, home, config(server, folder, transport="curl"), "config", "auth",
                "no way to log in", "curl: no login offered")
        check(not server.mails(), "no mail goes without the login that is set")
    finally:
        server.stop()


def only_curl(program, folder, home, good):
    token = folder + "/token"
    with open(token, "w") as out:
        out.write("first-token\n")
    login = ["--user", "clock", "--password-file", folder + "/password"]
    implicit = Server(folder + "/implicit", *good, *login, "--implicit", "--tls13")
    oauth = Server(folder + "/oauth", *good, "--user", "clock", "--token-file", token)
    modern = Server(folder + "/modern", *good, *login, "--tls13")
    try:
        worker = Worker(program, home, config(implicit, folder, transport="curl",
                                              tls="implicit", tls_min="1.3"))
        results = worker.batch([mail(n) for n in range(20)])
        check(all(r[0] == "sent" for r in results.values()), "implicit TLS 1.3: all is sent")
        check(worker.close() == 0, "the worker ends")
        worker = Worker(program, home, config(modern, folder, transport="curl"))
        results = worker.batch([mail(n) for n in range(20)])
        check(all(r[0] == "sent" for r in results.values()), "STARTTLS with 1.3 only: all is sent")
        check(worker.close() == 0, "the worker ends")
        worker = Worker(program, home, config(modern, folder))
        result = worker.batch([mail(1)])["1"]
        check(result[0] == "temp", "esmtp is told so there: " + " | ".join(result))
        worker.close()
        fields = config(oauth, folder, transport="curl", password="", token=token)
        worker = Worker(program, home, fields)
        check(worker.batch([mail(1)])["1"][0] == "sent", "XOAUTH2: sent")
        with open(token, "w") as out:
            out.write("second-token\n")
        check(worker.batch([mail(2)])["2"][0] == "sent", "XOAUTH2: a new token is read")
        logins = [l for l in oauth.log() if "good" in l]
        check([l["mechanism"] for l in logins] == ["XOAUTH2"] * 2 and
              all(l["good"] for l in logins), "XOAUTH2: each token opened a session")
        os.rename(token, token + "-away")
        result = worker.batch([mail(3)])["3"]
        check(result[0] == "temp" and "secret file" in result[2],
              "XOAUTH2: no token: " + " | ".join(result))
        with open(token + "-wrong", "w") as out:
            out.write("other-token\n")
        os.rename(token + "-away", token)
        check(worker.close() == 0, "the worker ends")
        refused(program, home, config(oauth, folder, transport="curl", password="",
                                      token=token + "-wrong"), "config", "auth", "refused the token",
                "XOAUTH2: a wrong token")
    finally:
        for server in (implicit, oauth, modern):
            server.stop()


def main():
    program, renderer, folder = sys.argv[1:4]
    home = folder + "/home"
    os.mkdir(home)
    login = ["--user", "clock", "--password-file", folder + "/password"]
    good = ["--cert", folder + "/localhost.pem", "--key", folder + "/localhost.key"]
    wrong = ["--cert", folder + "/other.pem", "--key", folder + "/other.key"]
    address = ["--cert", folder + "/address.pem", "--key", folder + "/address.key"]
    for transport in ("esmtp", "curl"):
        servers = [Server("%s/%s-%s" % (folder, transport, name), *options)
                   for name, options in (("in", good + login), ("wrong", wrong + login),
                                         ("plain", []), ("address", address + login),
                                         ("own", good + login))]
        try:
            many(program, folder, home, servers[0], transport)
            parsed(servers[0])
            own_mails(program, renderer, folder, home, servers[4], transport)
            refusals(program, folder, home, servers, transport)
            check(len(servers[0].mails()) == BATCHES * BATCH and not servers[1].mails()
                  and not servers[2].mails(), "nothing was sent where it must not be")
            settings(program, folder, home, servers[0], transport)
        finally:
            for server in servers:
                server.stop()
        notices(program, folder, home, good, transport)
    broken_notices(program, folder, home, good)
    no_login_offered(program, folder, home, good)
    only_curl(program, folder, home, good)


def settings(program, folder, home, server, transport):
    curl = transport == "curl"
    for what, changes in (
            ("tls none to another host", {"tls": "none", "host": "mail.example.test"}),
            ("no such password file", {"password": folder + "/absent"}),
            ("no such CA file", {"ca": folder + "/absent.pem"}),
            ("a port of 0", {"port": "0"}), ("a time-out of 1 ms", {"timeout": "1"}),
            ("17 connections", {"connections": "17"}), ("dsn maybe", {"dsn": "maybe"}),
            ("tls sometimes", {"tls": "sometimes"}), ("TLS 1.1", {"tls_min": "1.1"}),
            ("a login in the clear", {"tls": "none", "host": "127.0.0.1"}) if curl else
            ("TLS 1.3 with esmtp", {"tls_min": "1.3"}),
            ("another transport", {"transport": "pigeon"})):
        fields = dict({"transport": transport}, **changes)
        worker = Worker(program, home, config(server, folder, **fields))
        check(worker.greeting[0] == "refused" and len(worker.greeting[1]) > 0,
              "%s: %s" % (what, worker.greeting[1]))
        check(worker.close() == 2, what + " has its exit code")
    worker = Worker(program, home, config(server, folder, transport=transport))
    worker.write("nonsense")
    check(worker.process.wait(10) == 1, "a line that makes no sense ends the worker")


if __name__ == "__main__":
    main()
