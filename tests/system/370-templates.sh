#!/bin/sh
# Goal: a person is told in his own language (directory column `language`), with the
# templates of the pack and the deadline attached where mail.calendar says so; after a
# reload the new templates hold without a restart.
set -u
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$CC_SRC/tests/system/lib"
exec /usr/bin/python3 - << 'END'
import atexit, email, email.policy, glob, os, shutil, signal, subprocess
from daemon import *

mails = os.path.join(TMP, "mails")
pack = os.path.join(TMP, "pack")
shutil.copytree(PACK, pack)
smtp = subprocess.Popen(["/usr/bin/python3", os.path.join(SRC, "tests", "system", "lib",
                                                          "smtp_receiver.py"),
                         "--folder", mails, "--max-seconds", "120"],
                        stdout=subprocess.PIPE, text=True)
atexit.register(smtp.kill)
port = int(smtp.stdout.readline().split()[1])
STAFF = """staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id,language
s-duty,program_director,duty@example.org,,,,,,,,
s-sup,supervisor,sup@example.org,,s-duty,,,,,,en
s-worker,caseworker,worker@example.org,,s-sup,,,,,,es
"""
config = CONFIG.replace("{pack}", pack).replace("tls: none", "tls: none, calendar: todo")
d = Daemon(port=port, directory=STAFF, config=config)
atexit.register(d.kill_at_exit)
d.start()
line = d.line()


def mail_to(address, case):
    for name in sorted(glob.glob(os.path.join(mails, "*.eml"))):
        with open(name, "rb") as f:
            m = email.message_from_binary_file(f, policy=email.policy.default)
        if address in str(m["To"]) and case in str(m["Subject"]) and \
                "priority-1-initial-contact" in m.get_body(("plain",)).get_content():
            return m
    return None


def overdue(case):
    """A P1 report of 25 hours ago: late news to worker and supervisor."""
    assigned = event("a-" + case, case, type="case.assigned", time=stamp(-26 * 3600),
                     data={"role": "primary", "staff_id": "s-worker"})
    intake = event("i-" + case, case, time=stamp(-25 * 3600))
    intake["data"]["priority"] = "P1"
    for e in (assigned, intake):
        check(line.tell(e)["status"] == "accepted", f"{case}: an event")


overdue("first")
es = until("the worker's mail", lambda: mail_to("worker@", "first"))
en = until("the supervisor's mail", lambda: mail_to("sup@", "first"))
check(str(es["Subject"]).startswith("Caso first: vencido, plazo: "), str(es["Subject"]))
check(str(en["Subject"]).startswith("Case first: overdue, due "), str(en["Subject"]))
check(es["Content-Language"] == "es" and en["Content-Language"] == "en", "the languages")
text = es.get_body(("plain",)).get_content()
check("Ver al niño: prioridad 1" in text and "Ahora: vencido desde hace 1 hora" in text, text)
check("Qué lo termina: " in text and "se realiza un contacto" in text, text)
text = en.get_body(("plain",)).get_content()
check("See the child: priority 1" in text and "overdue by 1 hour" in text, text)
check("Became known: " in text and "Also told: caseworker" in text, text)
check('<html lang="es">' in es.get_body(("html",)).get_content(), "the HTML's language")
calendar = [p for p in en.iter_attachments() if p.get_content_type() == "text/calendar"]
check(len(calendar) == 1, f"attachments: {len(calendar)}")
todo = calendar[0].get_content()
check("BEGIN:VTODO" in todo and "\nDUE:" in todo and "METHOD:PUBLISH" in todo, todo)
check("See the child" not in todo, "the title is in the calendar")

template = os.path.join(pack, "templates", "en", "alert.txt")
with open(template, "a") as f:
    f.write("Reworded since.\n")
before = line.ask("status")["counters"]["reloads"]
d.p.send_signal(signal.SIGHUP)
until("the reload", lambda: line.ask("status")["counters"]["reloads"] > before)
overdue("second")
en = until("the second mail", lambda: mail_to("sup@", "second"))
check("Reworded since." in en.get_body(("plain",)).get_content(), "the old template is used")
d.stop()
END
