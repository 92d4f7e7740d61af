#!/usr/bin/python3
"""`caseclock bounce` against a socket that answers as the daemon does (210-bounce.sh)."""
import json
import os
import socket
import subprocess
import sys
import threading

PROGRAM, CORPUS, FOLDER = sys.argv[1:4]
ID = "00112233445566778899aabbccddeeff"
MAX = 1024 * 1024


class Daemon:
    def __init__(self, error=None):
        Daemon.count = getattr(Daemon, "count", 0) + 1
        self.path = "%s/%d.sock" % (FOLDER, Daemon.count)
        self.error = error
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
                    answer = {"jsonrpc": "2.0", "id": request["id"]}
                    if self.error is None:
                        answer["result"] = {"id": ID, "bounced": True, "state": "dead"}
                    else:
                        answer["error"] = {"code": self.error, "message": "no"}
                    lines.write(json.dumps(answer) + "\n")
                    lines.flush()


def run(path, mail, *options):
    return subprocess.run([PROGRAM, "bounce", "--socket", path, *options], input=mail,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)


def check(condition, what):
    if not condition:
        sys.exit("FAILED: " + what)
    print("ok: " + what)


def corpus(name):
    with open(os.path.join(CORPUS, name + ".eml"), "rb") as mail:
        return mail.read()


def main():
    good, unknown, broken = Daemon(), Daemon(-32602), Daemon(-32002)
    for name, action, status, detail in (
            ("postfix-failed", "failed", "5.1.1", "smtp 550"),
            ("postfix-delayed", "delayed", "4.4.1", ""),
            ("exchange-ndr", "failed", "5.1.10", "smtp 550"),
            ("qmail", "failed", "5.1.1", "in plain words")):
        result = run(good.path, corpus(name))
        check(result.returncode == 0 and not result.stderr, name + " is noted")
        asked = good.asked[-1]
        check(asked["method"] == "message.bounced" and asked["params"] ==
              {"id": ID, "action": action, "status": status, "detail": detail},
              name + ": %s" % asked["params"])
        check("@" not in json.dumps(asked) and b"@" not in result.stdout,
              name + ": no address gets out")
    before = len(good.asked)
    absent = FOLDER + "/absent.sock"
    for what, path, mail, status, alias, words in (
            ("an answer of a person", good.path, corpus("reply"), 4, 65, "no delivery notice"),
            ("an absence", good.path, corpus("vacation"), 4, 65, "no delivery notice"),
            ("a notice of another's mail", good.path, corpus("not-ours"), 4, 65, "no message"),
            ("nothing", good.path, b"", 4, 65, "bounce: "),
            ("a mail too long", good.path, b"x" * (MAX + 2), 4, 65, "longer than"),
            ("no daemon", absent, corpus("qmail"), 3, 75, "absent.sock"),
            ("a daemon that does not know the id", unknown.path, corpus("qmail"), 4, 65, "no"),
            ("a daemon whose store fails", broken.path, corpus("qmail"), 1, 75, "no")):
        for options, wanted in (((), status), (("--alias",), alias)):
            result = run(path, mail, *options)
            check(result.returncode == wanted and words in result.stderr.decode() and
                  not result.stdout, "%s%s: %d, %s" % (what, " ".join(("",) + options),
                                                       wanted, result.stderr.decode().strip()))
    check(len(good.asked) == before, "what is no notice is told to nobody")
    check(run(good.path, b"", "--nonsense").returncode == 2, "a wrong option has its own")


if __name__ == "__main__":
    main()
