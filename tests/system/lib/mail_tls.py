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
        self.write("config", "1", *fields)
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
    fields = {"host": "localhost", "port": server.port, "tls": "starttls",
              "ca": folder + "/ca.pem", "user": "clock",
              "password": folder + "/password", "helo": "client.test", "timeout": "5000"}
    fields.update(changes)
    return list(fields.values())


def many(program, folder, home, server):
    worker = Worker(program, home, config(server, folder))
    check(worker.greeting == ["ready", "1"], "the worker takes its settings")
    began = time.monotonic()
    for batch in range(BATCHES):
        results = worker.batch([mail(batch * BATCH + i) for i in range(BATCH)])
        check(all(r[0] == "sent" for r in results.values()), "batch %d is sent" % batch)
    print("%d mails in %.2f s" % (BATCHES * BATCH, time.monotonic() - began))
    check(worker.close() == 0, "the worker ends when its pipe does")
    log = server.log()
    check(len(server.mails()) == BATCHES * BATCH, "all mails arrived")
    check(sum("connection" in line for line in log) == BATCHES, "one session a batch")
    check([line["sni"] for line in log if "sni" in line] == ["localhost"] * BATCHES,
          "each handshake names its host")
    check(all(line["good"] for line in log if "good" in line), "each login is right")


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


def own_mails(program, renderer, folder, home, server):
    worker = Worker(program, home, config(server, folder))
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
        assert lines[0] == title and lines[1] == "overdue by 4 hours", lines[:2]
        assert "Rule: priority-1-initial-contact (section 2244.1; \u00a7 2)" in lines
        assert html.get_content_type() == "text/html"
        assert "na\u00efve &amp; &lt;long&gt; title" in html.get_content()
    check(len(server.mails()) == 3, "rendered mails are read as they were meant")


def refused(program, home, fields, kind, code, words, what):
    worker = Worker(program, home, fields)
    check(worker.greeting == ["ready", "1"], what + ": the settings are taken")
    results = worker.batch([mail(1), mail(2)])
    for result in results.values():
        check(result[0] == kind and result[1] == code and words in result[2],
              "%s: %s" % (what, " | ".join(result)))
    check(worker.close() == 0, what + ": the worker ends in order")


def main():
    program, renderer, folder = sys.argv[1:4]
    home = folder + "/home"
    os.mkdir(home)
    login = ["--user", "clock", "--password-file", folder + "/password"]
    good = ["--cert", folder + "/localhost.pem", "--key", folder + "/localhost.key"]
    wrong = ["--cert", folder + "/other.pem", "--key", folder + "/other.key"]
    address = ["--cert", folder + "/address.pem", "--key", folder + "/address.key"]
    servers = [Server(folder + "/in", *good, *login), Server(folder + "/wrong", *wrong, *login),
               Server(folder + "/plain"), Server(folder + "/address", *address, *login),
               Server(folder + "/own", *good, *login)]
    try:
        many(program, folder, home, servers[0])
        parsed(servers[0])
        own_mails(program, renderer, folder, home, servers[4])
        before = len(servers[0].log())
        refused(program, home, config(servers[0], folder, password=folder + "/bad-password"),
                "config", "auth", "535", "wrong password")
        logins = [l for l in servers[0].log()[before:] if "login" in l]
        check(len(logins) == 1 and not logins[0]["good"], "a wrong password is tried once")
        refused(program, home, config(servers[1], folder), "temp", "tls",
                "ostname mismatch", "wrong name")
        refused(program, home, config(servers[0], folder, ca=folder + "/stranger.pem"),
                "temp", "tls", "certificate", "unknown authority")
        refused(program, home, config(servers[2], folder), "temp", "tls", "STARTTLS",
                "no STARTTLS")
        refused(program, home, config(servers[1], folder, host="127.0.0.1"), "temp", "tls",
                "IP address mismatch", "address not in the certificate")
        worker = Worker(program, home, config(servers[3], folder, host="127.0.0.1"))
        check(worker.batch([mail(1)])["1"][0] == "sent", "an address in the certificate is taken")
        check(worker.close() == 0, "the worker ends")
        check(len(servers[0].mails()) == BATCHES * BATCH and not servers[1].mails()
              and not servers[2].mails(), "nothing was sent where it must not be")
        settings(program, folder, home, servers[0])
    finally:
        for server in servers:
            server.stop()


def settings(program, folder, home, server):
    for what, changes in (
            ("tls none to another host", {"tls": "none", "host": "mail.example.test"}),
            ("no such password file", {"password": folder + "/absent"}),
            ("no such CA file", {"ca": folder + "/absent.pem"}),
            ("a port of 0", {"port": "0"}), ("a time-out of 1 ms", {"timeout": "1"})):
        worker = Worker(program, home, config(server, folder, **changes))
        check(worker.greeting[0] == "refused" and len(worker.greeting[1]) > 0,
              "%s: %s" % (what, worker.greeting[1]))
        check(worker.close() == 2, what + " has its exit code")
    worker = Worker(program, home, config(server, folder))
    worker.write("nonsense")
    check(worker.process.wait(10) == 1, "a line that makes no sense ends the worker")


if __name__ == "__main__":
    main()
