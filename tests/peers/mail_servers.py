#!/usr/bin/python3
"""Real mail servers against both transports (see mail-servers.sh)."""
import collections
import email
import email.policy
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TRANSPORTS = ("esmtp", "curl")
MANY = 2000
BIN, DEBIAN, FOLDER = sys.argv[1:4]
Answer = collections.namedtuple("Answer", "round n outcome code wait words")
counts = {"ok": 0, "failed": 0}


def say(good, case, what):
    counts["ok" if good else "failed"] += 1
    print("%-6s %s: %s" % ("ok" if good else "FAILED", case, what), flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Process:
    """Stopped by its own id, whatever happens."""
    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Npm(Process):
    def __init__(self, behaviour, certificate="localhost"):
        Npm.number = getattr(Npm, "number", 0) + 1
        self.folder = "%s/npm-%02d-%s" % (FOLDER, Npm.number, behaviour)
        super().__init__("node", HERE + "/npm_server.js", self.folder,
                         "%s/%s.pem" % (FOLDER, certificate),
                         "%s/%s.key" % (FOLDER, certificate), behaviour, "300",
                         stdout=subprocess.PIPE, text=True)
        word, port = self.process.stdout.readline().split()
        assert word == "PORT", word
        self.port = port

    def log(self):
        path = self.folder + "/log.jsonl"
        if not os.path.exists(path):
            return []
        with open(path) as lines:
            return [json.loads(line) for line in lines]

    def sessions(self):
        return sum("session" in line for line in self.log())

    def logins(self):
        return [line for line in self.log() if "login" in line]

    def envelopes(self):
        found = []
        for path in sorted(glob.glob(self.folder + "/*.json")):
            with open(path) as facts:
                found.append(json.load(facts))
        return found


def send(server_port, transport, count=1, rounds=1, to="kim@example.test", **settings):
    """Through the module and its worker, as the daemon does."""
    values = {"server": "localhost:%s" % server_port, "from": "clock@example.test",
              "bounce_address": "returned@example.test", "transport": transport,
              "ca_file": FOLDER + "/ca.pem", "hostname": "client.test",
              "worker": BIN + "/caseclock-mailer", "timeout_ms": "2000"}
    if settings.pop("login", True):
        values.update(user="clock", password_file=FOLDER + "/password")
    values.update({k: v for k, v in settings.items() if v is not None})
    for key in [k for k, v in settings.items() if v is None]:
        values.pop(key, None)
    run = subprocess.run([BIN + "/tests/system/mail_sender", str(count), str(rounds), to] +
                         ["%s=%s" % item for item in values.items()],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         timeout=200)
    if run.returncode != 0:
        return run.stderr.strip()
    fields = [line.split("\t") for line in run.stdout.splitlines()]
    return [Answer(int(f[0]), int(f[1]), f[2], f[3], int(f[4]), f[5]) for f in fields]


def told(answers):
    if isinstance(answers, str):
        return answers
    last = answers[-1]
    return " ".join(w for w in (last.outcome, last.code, last.words) if w)


# --- one server, one behaviour -------------------------------------------------------

def expect(case, behaviour, transport, outcome, code=None, words="", check=None,
           certificate="localhost", **settings):
    with Npm(behaviour, certificate) as server:
        began = time.monotonic()
        answers = send(server.port, transport, **settings)
        took = time.monotonic() - began
        good = not isinstance(answers, str) and answers[-1].outcome == outcome and \
            (code is None or answers[-1].code == code) and words in answers[-1].words
        if good and outcome != "sent":
            good = not server.envelopes()
        if good and check is not None:
            good = check(server, answers, took)
        say(good, "%s, %s" % (case, transport), told(answers))


def one_login(server, _answers, _took):
    return len(server.logins()) == 1


def refused(case, transport, words, **settings):
    answers = send(1, transport, **settings)
    say(isinstance(answers, str) and words in answers, "%s, %s" % (case, transport),
        told(answers))


def logins():
    for transport in TRANSPORTS:
        expect("STARTTLS and AUTH PLAIN", "plain", transport, "sent", "250",
               check=lambda s, a, t: s.logins()[0]["good"] and s.envelopes()[0]["secure"])
        expect("AUTH LOGIN only", "login", transport, "sent",
               check=lambda s, a, t: s.logins()[0]["method"] == "LOGIN")
        expect("a wrong password", "plain", transport, "temp-fail", "auth", "5.7.8",
               password_file=FOLDER + "/bad-password",
               check=lambda s, a, t: len(s.logins()) == 1 and a[-1].wait > 0)
        expect("a wrong password, and a server that takes mail without", "optional",
               transport, "temp-fail", "auth", password_file=FOLDER + "/bad-password",
               check=one_login)
        expect("no AUTH offered", "no-auth", transport, "temp-fail", "auth", "log in")
    expect("only CRAM-MD5 offered", "cram", "curl", "temp-fail", "auth", "log in")
    expect("XOAUTH2", "xoauth2", "curl", "sent", password_file=None,
           oauth_token_file=FOLDER + "/token",
           check=lambda s, a, t: s.logins()[0]["method"] == "XOAUTH2")
    expect("XOAUTH2, a wrong token", "xoauth2", "curl", "temp-fail", "auth", "token",
           password_file=None, oauth_token_file=FOLDER + "/bad-token", check=one_login)
    refused("XOAUTH2", "esmtp", "needs transport: curl", password_file=None,
            oauth_token_file=FOLDER + "/token")


def encryption():
    for transport in TRANSPORTS:
        expect("a certificate for another name", "plain", transport, "temp-fail", "tls",
               "name" if transport == "curl" else "mismatch", certificate="other",
               check=lambda s, a, t: not s.logins())
        expect("a certificate of a stranger", "plain", transport, "temp-fail", "tls",
               "local issuer", ca_file=FOLDER + "/stranger.pem",
               check=lambda s, a, t: not s.logins())
        expect("no STARTTLS", "clear", transport, "temp-fail", "tls", "STARTTLS",
               check=lambda s, a, t: not s.logins())
        refused("TLS 1.1", transport, "1.2 or 1.3", tls_min="1.1")
    expect("TLS 1.3 only", "tls13", "esmtp", "temp-fail", "session")
    for behaviour, least in (("tls13", "1.3"), ("tls13", "1.2"), ("plain", "1.3")):
        expect("TLS 1.3: server %s, tls_min %s" % (behaviour, least), behaviour, "curl",
               "sent", tls_min=least, count=20,
               check=lambda s, a, t: len(s.envelopes()) == 20)
    for behaviour, least in (("implicit", "1.2"), ("implicit13", "1.3")):
        expect("implicit TLS as on port 465: %s" % behaviour, behaviour, "curl", "sent",
               tls="implicit", tls_min=least, count=20,
               check=lambda s, a, t: len(s.envelopes()) == 20)
    refused("implicit TLS", "esmtp", "needs transport: curl", tls="implicit")


def answers_of_servers():
    for transport in TRANSPORTS:
        expect("greylisting", "greylist", transport, "sent", rounds=2, count=20,
               to="kim%@example.test",
               check=lambda s, a, t: len(s.envelopes()) == 20 and
               all(x.code == "451" and x.outcome == "temp-fail" for x in a if x.round == 1))
        expect("a mailbox full for now", "full-later", transport, "temp-fail", "452", "4.2.2")
        expect("a mailbox full", "full", transport, "perm-fail", "552", "5.2.2")
        expect("nobody there", "nobody", transport, "perm-fail", "550", "5.1.1")
        expect("a server that hangs after the text", "hang", transport, "temp-fail",
               "in doubt", check=lambda s, a, t: t < 12)
        expect("a server that hangs at once, 20 mails", "hang-greeting", transport,
               "temp-fail", "session", count=20, check=lambda s, a, t: t < 12 and
               len(a) == 20)
        expect("delivery notices asked for", "plain", transport, "sent",
               check=lambda s, a, t: notices_ok(s.envelopes()[0]))
        expect("no delivery notices with dsn no", "plain", transport, "sent", dsn="no",
               check=lambda s, a, t: not s.envelopes()[0]["dsn"].get("notify"))


def notices_ok(envelope):
    dsn = envelope["dsn"]
    return envelope["from"] == "returned@example.test" and dsn["ret"] == "HDRS" and \
        dsn["envid"].strip("<>") == "%032x" % 0 and "FAILURE" in dsn["notify"] and \
        "DELAY" in dsn["notify"] and dsn["orcpt"].replace("<", "").replace(">", "") == \
        "rfc822;kim@example.test"


# --- two thousand ------------------------------------------------------------------------

TITLES = ["See the child for the first time",
          "ni\u00f1a & <b>bold</b> \"quoted\" 'single' {{title}} %s %n",
          ".leading dot and a line that is long enough to be folded by whoever has to "
          "fold it, soft or hard, before it is over at last",
          "\u0634\u0647\u0631 right to left, \U0001f4c5 4 bytes = one character",
          "Bcc: victim@example.test Content-Type: text/html; boundary=\"x\"",
          "--=_caseclock"]
HEADERS = {"from", "to", "subject", "date", "message-id", "references", "in-reply-to",
           "auto-submitted", "mime-version", "content-type", "content-transfer-encoding",
           "received", "return-path", "delivered-to", "envelope-to", "delivery-date",
           "x-auto-response-suppress", "importance", "content-language"}


def wrong_with(path):
    """What Python's parser finds wrong with a copy, None: nothing."""
    with open(path, "rb") as raw:
        m = email.message_from_binary_file(raw, policy=email.policy.default)
    problems = list(m.defects)
    n = int(m["Message-ID"][1:33], 16)
    title = TITLES[n % len(TITLES)]
    names = [k.lower() for k in m.keys()]
    plain = m.get_body(("plain",))
    html = m.get_body(("html",))
    checks = {
        "unknown header %s" % (set(names) - HEADERS): set(names) <= HEADERS,
        "a header twice": len(set(names) - {"received"}) ==
        len([k for k in names if k != "received"]),
        "To": m["To"].addresses[0].addr_spec == "kim%d@example.test" % n,
        "From": m["From"].addresses[0].addr_spec == "clock@example.test",
        "Subject": m["Subject"] == "Case 48211234: overdue: %s, due Sun, 8 Mar 2026 "
                                   "19:30:00 CDT" % title,
        "References": m["References"].strip() == "<%s@example.test>" % ("feedface" * 4),
        "Auto-Submitted": m["Auto-Submitted"] == "auto-generated",
        "text": plain is not None and title.split()[0] in plain.get_content(),
        "html": html is not None and "<html" in html.get_content().lower(),
        "markup in html": html is not None and "<b>bold</b>" not in html.get_content(),
    }
    for part in m.walk():
        problems.extend(part.defects)
    problems.extend(k for k, good in checks.items() if not good)
    return (n, problems)


def read_by_npm(folder):
    run = subprocess.run(["node", HERE + "/npm_read.js", folder], stdout=subprocess.PIPE,
                         check=True, text=True)
    bad = []
    for line in run.stdout.splitlines():
        m = json.loads(line)
        n = int(m["id"][1:33], 16)
        title = TITLES[n % len(TITLES)]
        if title not in m["subject"] or m["to"] != ["kim%d@example.test" % n] or m["bcc"] or \
                m["twice"] or not set(m["names"]) <= HEADERS or m["attachments"] or \
                m["automatic"] != "auto-generated" or not m["text"] or not m["html"] or \
                title.split()[0] not in m["text"] or "<b>bold</b>" in m["html"]:
            bad.append((n, m))
    return len(run.stdout.splitlines()), bad


def check_copies(case, folder, count):
    found = [wrong_with(path) for path in sorted(glob.glob(folder + "/*.eml"))]
    bad = [f for f in found if f[1]]
    good = not bad and sorted(f[0] for f in found) == list(range(count))
    say(good, case, "%d copies read by Python's parser, each once, as they were meant%s" %
        (len(found), "" if not bad else ": " + str(bad[0])[:500]))
    read, bad = read_by_npm(folder)
    say(read == count and not bad, case, "%d copies read by npm mailparser%s" %
        (read, "" if not bad else ": " + str(bad[0])[:500]))


def many():
    for transport in TRANSPORTS:
        case = "%d mails, %s" % (MANY, transport)
        with Npm("plain") as server:
            began = time.monotonic()
            answers = send(server.port, transport, count=MANY, to="kim%@example.test",
                           title_in_subject="yes", batch="200", timeout_ms="10000")
            took = time.monotonic() - began
            good = not isinstance(answers, str) and len(answers) == MANY and \
                all(a.outcome == "sent" for a in answers)
            most = 2 if transport == "curl" else 20
            say(good and server.sessions() <= most, case,
                "over %d sessions in %.1f s" % (server.sessions(), took) if good
                else told(answers))
            check_copies(case, server.folder, MANY)


# --- servers of Debian ----------------------------------------------------------------------

class Daemon:
    """The one request of `caseclock bounce`, answered."""
    def __init__(self):
        self.path = FOLDER + "/daemon.sock"
        self.asked = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        self.socket.listen(5)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.socket.accept()
            with client, client.makefile("rw") as lines:
                for line in lines:
                    request = json.loads(line)
                    self.asked.append(request)
                    lines.write(json.dumps({"jsonrpc": "2.0", "id": request["id"],
                                            "result": {"bounced": True}}) + "\n")
                    lines.flush()


def bounced(daemon, case, path, n, status):
    before = len(daemon.asked)
    with open(path, "rb") as mail:
        run = subprocess.run([BIN + "/caseclock", "bounce", "--alias", "--socket",
                              daemon.path], stdin=mail, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=30)
    asked = [r["params"] for r in daemon.asked[before:] if r["method"] == "message.bounced"]
    good = run.returncode == 0 and len(asked) == 1 and asked[0]["id"] == "%032x" % n and \
        asked[0]["action"] == "failed" and asked[0]["status"].startswith(status) and \
        "@" not in json.dumps(asked)
    say(good, case, "caseclock bounce: " + run.stdout.strip())


CHASQUID = """hostname: "localhost"
smtp_address: "127.0.0.1:%(smtp)d"
submission_address: "127.0.0.1:%(submission)d"
submission_over_tls_address: "127.0.0.1:%(implicit)d"
mail_delivery_agent_bin: "%(folder)s/deliver"
mail_delivery_agent_args: "%%to%%"
data_dir: "%(folder)s/data"
mail_log_path: "%(folder)s/mail.log"
"""
DELIVER = """#!/bin/sh
# A mailbox: FOLDER/in/ADDRESS-NNN.eml; that of gone is full for good.
case $1 in gone@*) cat > /dev/null; echo "mailbox full"; exit 1 ;; esac
file=$(mktemp "%(folder)s/in/$1-XXXXXXXX")
cat > "$file"
mv "$file" "$file.eml"
"""


def write(path, text, mode=0o644):
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)


def copy(source, target):
    with open(source) as text:
        write(target, text.read())


def chasquid(daemon):
    folder = FOLDER + "/chasquid"
    ports = {"smtp": free_port(), "submission": free_port(), "implicit": free_port()}
    for name in ("config/certs/localhost", "config/domains/example.test", "data", "in"):
        os.makedirs(folder + "/" + name)
    write(folder + "/config/chasquid.conf", CHASQUID % dict(ports, folder=folder))
    write(folder + "/deliver", DELIVER % {"folder": folder}, 0o755)
    copy(FOLDER + "/localhost.pem", folder + "/config/certs/localhost/fullchain.pem")
    copy(FOLDER + "/localhost.key", folder + "/config/certs/localhost/privkey.pem")
    for user in ["clock", "returned", "gone"] + ["kim%d" % n for n in range(50)]:
        subprocess.run([DEBIAN + "/usr/bin/chasquid-util", "-C=%s/config" % folder,
                        "user-add", user + "@example.test", "--password=right-word"],
                       stdout=subprocess.DEVNULL, check=True)
    with open(folder + "/log", "w") as log, \
            Process(DEBIAN + "/usr/bin/chasquid", "-config_dir=%s/config" % folder,
                    stdout=log, stderr=log):
        assert wait_for(lambda: accepts(ports["submission"])), "chasquid does not start"
        for transport, port, tls in (("esmtp", "submission", "starttls"),
                                     ("curl", "submission", "starttls"),
                                     ("curl", "implicit", "implicit")):
            deliver_and_read("Debian chasquid, %s, %s" % (tls, transport), folder,
                             ports[port], transport, tls=tls, user="clock@example.test")
            answers = send(ports[port], transport, tls=tls, user="clock@example.test",
                           password_file=FOLDER + "/bad-password")
            say(not isinstance(answers, str) and answers[0].code == "auth",
                "Debian chasquid, a wrong password, %s" % transport, told(answers))
            come_back("Debian chasquid, %s" % transport, folder, daemon, ports[port],
                      transport, tls=tls, user="clock@example.test")


def deliver_and_read(case, folder, port, transport, **settings):
    for path in glob.glob(folder + "/in/*"):
        os.unlink(path)
    answers = send(port, transport, count=50, to="kim%@example.test",
                   title_in_subject="yes", timeout_ms="10000", **settings)
    sent = not isinstance(answers, str) and all(a.outcome == "sent" for a in answers)
    arrived = sent and wait_for(lambda: len(glob.glob(folder + "/in/*.eml")) == 50)
    say(arrived, case, "50 mails delivered" if arrived else told(answers))
    check_copies(case, folder + "/in", 50)


def come_back(case, folder, daemon, port, transport, **settings):
    """Accepted, and refused only later: the notice comes by mail."""
    for path in glob.glob(folder + "/in/*"):
        os.unlink(path)
    answers = send(port, transport, to="gone@example.test", timeout_ms="10000", **settings)
    sent = not isinstance(answers, str) and answers[0].outcome == "sent"
    found = sent and wait_for(lambda: glob.glob(folder + "/in/*.eml"))
    say(found, case, "a notice comes back" if found else told(answers))
    if found:
        bounced(daemon, case, glob.glob(folder + "/in/*.eml")[0], 0, "5.")


EXIM = """keep_environment = LD_LIBRARY_PATH:LD_PRELOAD:NSS_WRAPPER_PASSWD:NSS_WRAPPER_GROUP
exim_path = %(debian)s/usr/sbin/exim4
spool_directory = %(folder)s/spool
log_file_path = %(folder)s/%%slog
pid_file_path = %(folder)s/pid
primary_hostname = localhost
qualify_domain = example.test
domainlist local_domains = example.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = %(port)d
dsn_advertise_hosts = *
tls_advertise_hosts = *
tls_certificate = %(top)s/localhost.pem
tls_privatekey = %(top)s/localhost.key
smtp_accept_max = 20
smtp_accept_queue_per_connection = 0
queue_run_in_order
never_users =
deliver_drop_privilege
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  require condition = ${if def:tls_in_cipher}
  accept
begin routers
full:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: mailbox is full
all:
  driver = accept
  domains = +local_domains
  transport = file
begin transports
file:
  driver = appendfile
  directory = %(folder)s/in
  maildir_format
  create_directory
  user = %(uid)d
  group = %(gid)d
begin retry
* * F,2h,1m
"""


def exim(daemon):
    """As a user who is not root; exim wants one of its name, which nss_wrapper shows."""
    folder, port = FOLDER + "/exim", free_port()
    root = os.getuid() == 0
    uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
    for name in ("", "/spool", "/in"):
        os.makedirs(folder + name, exist_ok=True)
        os.chown(folder + name, uid, gid)
    write(folder + "/passwd", "root:x:0:0::/:/bin/sh\nDebian-exim:x:%d:%d::/:/bin/false\n"
          % (uid, gid))
    write(folder + "/group", "root:x:0:\nDebian-exim:x:%d:\n" % gid)
    write(folder + "/conf", EXIM % {"folder": folder, "debian": DEBIAN, "top": FOLDER,
                                    "port": port, "uid": uid, "gid": gid})
    library = DEBIAN + "/usr/lib/x86_64-linux-gnu"
    env = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": library + ":" + DEBIAN +
           "/lib/x86_64-linux-gnu", "LD_PRELOAD": library + "/libnss_wrapper.so",
           "NSS_WRAPPER_PASSWD": folder + "/passwd", "NSS_WRAPPER_GROUP": folder + "/group"}
    command = [DEBIAN + "/usr/sbin/exim4", "-C", folder + "/conf", "-bdf", "-q5s"]
    if root:
        command = ["setpriv", "--reuid", str(uid), "--regid", str(gid),
                   "--clear-groups"] + command
    with open(folder + "/out", "w") as log, Process(*command, env=env, stdout=log,
                                                    stderr=log):
        if not wait_for(lambda: accepts(port)):
            with open(folder + "/out") as text:
                say(False, "Debian exim", "does not start: " + text.read())
            return
        for transport in TRANSPORTS:
            case = "Debian exim, starttls, %s" % transport
            answers = send(port, transport, count=50, to="kim%@example.test",
                           title_in_subject="yes", login=False, timeout_ms="10000")
            sent = not isinstance(answers, str) and all(a.outcome == "sent" for a in answers)
            arrived = sent and wait_for(lambda: len(glob.glob(folder + "/in/new/*")) >= 50)
            say(arrived, case, "50 mails delivered" if arrived else told(answers))
            take(folder)
            check_copies(case, folder + "/in", 50)
            for path in glob.glob(folder + "/in/*.eml"):
                os.unlink(path)
            answers = send(port, transport, to="gone@example.test", login=False,
                           timeout_ms="10000")
            sent = not isinstance(answers, str) and answers[0].outcome == "sent"
            found = sent and wait_for(lambda: glob.glob(folder + "/in/new/*"))
            say(found, case, "a notice comes back" if found else told(answers))
            take(folder)
            for path in glob.glob(folder + "/in/*.eml"):
                with open(path) as text:
                    say("Original-Envelope-ID: " in text.read(), case,
                        "the notice names the envelope")
                bounced(daemon, case, path, 0, "5.")
                os.unlink(path)


def take(folder):
    """Out of the maildir."""
    for path in glob.glob(folder + "/in/new/*"):
        os.rename(path, folder + "/in/" + os.path.basename(path) + ".eml")


def main():
    daemon = Daemon()
    logins()
    encryption()
    answers_of_servers()
    many()
    chasquid(daemon)
    exim(daemon)
    print("mail-servers: %(ok)d ok, %(failed)d failed" % counts)
    sys.exit(counts["failed"] != 0)


if __name__ == "__main__":
    main()
