#!/bin/sh
# Goal: local time is right to the second: every local midnight of 2000 to
# 2099 in four US zones, and random instants, midnights and wall times of all
# zones of the system, agree with Python's zoneinfo over the same zone data.
set -u
command -v python3 > /dev/null || exit 77
python3 -c 'import zoneinfo' 2> /dev/null || exit 77
[ -d /usr/share/zoneinfo ] || exit 77

cat > "$CC_TMP/oracle.py" << 'END'
import datetime as dt
import random
import subprocess
import sys
import zoneinfo

program = sys.argv[1]
seed = int(sys.argv[2])
rnd = random.Random(seed)
epoch = dt.date(1970, 1, 1)
utc = dt.timezone.utc
questions, expected = [], []


def local_date(z, t):
    return dt.datetime.fromtimestamp(t, z).date()


def midnight(z, day):
    """The first instant whose local date is `day` or later."""
    d = epoch + dt.timedelta(day)
    guess = dt.datetime(d.year, d.month, d.day, tzinfo=z)
    t = int(guess.timestamp())
    there = dt.datetime.fromtimestamp(t, z)
    if there.date() == d and there.time() == dt.time(0):
        return t
    low, high = t - 2 * 86400, t + 2 * 86400
    while high - low > 1:
        mid = (low + high) // 2
        if local_date(z, mid) >= d:
            high = mid
        else:
            low = mid
    return high


def ask_at(name, z, t):
    there = dt.datetime.fromtimestamp(t, z)
    seconds = there.hour * 3600 + there.minute * 60 + there.second
    questions.append(f"at {name} {t}")
    expected.append("%d %s %d %d" % (
        there.utcoffset().total_seconds(), there.tzname(),
        (there.date() - epoch).days, seconds))


def ask_local(name, z, day, s):
    d = epoch + dt.timedelta(day)
    wall = dt.datetime(d.year, d.month, d.day, tzinfo=z)
    wall += dt.timedelta(seconds=s)     # on the wall, not elapsed
    questions.append(f"local {name} {day} {s}")
    expected.append(str(int(wall.timestamp())))


def changes(z, first, last):
    """Instants near which the offset changes."""
    found, step, t = [], 5 * 86400, first
    before = dt.datetime.fromtimestamp(t, z).utcoffset()
    while t < last:
        after = dt.datetime.fromtimestamp(t + step, z).utcoffset()
        if after != before:
            low, high = t, t + step
            while high - low > 1:
                mid = (low + high) // 2
                if dt.datetime.fromtimestamp(mid, z).utcoffset() == before:
                    low = mid
                else:
                    high = mid
            found.append(high)
        before, t = after, t + step
    return found


def ask_midnights(name, z, first, last):
    questions.append(f"sod {name} {first} {last}")
    expected.extend(str(midnight(z, d)) for d in range(first, last + 1))


first = (dt.date(2000, 1, 1) - epoch).days
last = (dt.date(2099, 12, 31) - epoch).days
for name in ("America/Chicago", "America/Denver", "America/New_York",
             "America/Phoenix"):
    z = zoneinfo.ZoneInfo(name)
    ask_midnights(name, z, first, last)
    for t in changes(z, first * 86400, last * 86400):
        for near in (-3600, -1, 0, 1, 3599, 3600):
            ask_at(name, z, t + near)
        day = (local_date(z, t) - epoch).days
        for s in range(0, 4 * 3600, 900):
            ask_local(name, z, day, s)

names = subprocess.run([program], input="zones\n", text=True, check=True,
                       capture_output=True).stdout.split()
known = zoneinfo.available_timezones() - {"localtime"}
missing = known - set(names)
if missing:
    sys.exit(f"zones that are not found: {sorted(missing)}")
for name in names:
    z = zoneinfo.ZoneInfo(name)
    for _ in range(12):
        ask_at(name, z, rnd.randrange(0, 4102444800))
        ask_local(name, z, rnd.randrange(1, last), rnd.randrange(0, 86400))
        d = rnd.randrange(1, last)
        ask_midnights(name, z, d, d)
for name in ("America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut",
             "America/St_Johns", "Africa/Cairo", "America/Havana",
             "Asia/Gaza", "Europe/Dublin", "Australia/Lord_Howe",
             "Pacific/Kwajalein", "Africa/Casablanca", "America/Nuuk"):
    z = zoneinfo.ZoneInfo(name)
    for t in changes(z, 86400, last * 86400):
        day = (local_date(z, t) - epoch).days
        ask_midnights(name, z, day - 1, day + 2)

got = subprocess.run([program], input="\n".join(questions) + "\n", text=True,
                     check=True, capture_output=True).stdout.splitlines()
wrong = [i for i, (g, e) in enumerate(zip(got, expected)) if g != e]
print(f"seed {seed}: {len(expected)} answers compared, {len(wrong)} wrong")
if len(got) != len(expected) or len(expected) < 150000:
    sys.exit(f"{len(got)} answers where {len(expected)} were expected")
if wrong:
    flat = []
    for q in questions:
        word = q.split()
        if word[0] != "sod":
            flat.append(q)
            continue
        for d in range(int(word[2]), int(word[3]) + 1):
            flat.append(f"sod {word[1]} {d}")
    for i in wrong[:10]:
        print(f"{flat[i]}: got {got[i]}, expected {expected[i]}")
    sys.exit(1)
END

seed=${CC_SEED:-$(date +%s)}
PYTHONTZPATH=/usr/share/zoneinfo python3 "$CC_TMP/oracle.py" \
	"$CC_BIN/tests/system/local_time" "$seed"
