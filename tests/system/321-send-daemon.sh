#!/bin/sh
# Goal: the tool and the real daemon together: what send says was accepted is
# there after kill -9, lists give the records that simulate gives for the same
# events, and explain, status, alerts, messages and backup answer.
set -u
pack=$CC_SRC/policy/packs/texas-cps
examples=$CC_SRC/tests/examples
CASECLOCK_SOCKET=$CC_TMP/socket
export CASECLOCK_SOCKET
unset TZ
daemon=
fail() {
	echo "$*"
	for f in out err log; do
		[ -e "$CC_TMP/$f" ] && sed "s/^/$f: /" "$CC_TMP/$f" | cut -c 1-300 | tail -n 20
	done
	exit 1
}
stop() {
	[ -n "$daemon" ] && kill "-${1:-TERM}" "$daemon" 2> /dev/null && wait "$daemon" 2> /dev/null
	daemon=
}
trap stop EXIT
tool() { # EXIT ARGUMENT...
	want=$1
	shift
	timeout 60 "$CC_BIN/caseclock" "$@" > "$CC_TMP/out" 2> "$CC_TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || fail "exit $rc, not $want: $*"
}
begin() {
	"$CC_BIN/caseclockd" -c "$CC_TMP/conf.yaml" >> "$CC_TMP/log" 2>&1 &
	daemon=$!
	tries=0
	until "$CC_BIN/caseclock" status > /dev/null 2>&1; do
		tries=$((tries + 1))
		kill -0 "$daemon" 2> /dev/null && [ $tries -lt 600 ] || fail "no daemon"
		sleep 0.05
	done
}
says() {
	[ "$(cat "$CC_TMP/out")" = "$1" ] || fail "not: $1"
}

mkdir "$CC_TMP/state"
cat > "$CC_TMP/people.csv" <<'C_END'
staff_id,role,email,webhook,supervisor_id,unit,timezone,away_from,away_until,delegate_id
s-duty,program_director,duty@example.org,,,statewide,America/Chicago,,,
C_END
cat > "$CC_TMP/conf.yaml" <<C_END
state_dir: $CC_TMP/state
policy: $pack
directory: $CC_TMP/people.csv
socket:
  path: $CASECLOCK_SOCKET
routes:
  - source: "*"
    staff_id: s-duty
operator:
  email: operator@example.org
mail:
  server: 127.0.0.1:1
  from: caseclock@example.org
  tls: none
C_END
begin

# --- the example cases, twice
for n in 1 3 5; do
	in=$examples/example$n.events.ndjson
	lines=$(wc -l < "$in")
	tool 0 send "$in"
	says "$lines accepted, 0 known before, 0 refused"
	tool 0 send - < "$in"
	says "0 accepted, $lines known before, 0 refused"
done

# --- the records of the list are those of simulate, byte for byte; the second
# may have changed in between, so one of several tries must agree
agrees() { # CASE FILE
	for _ in 1 2 3 4 5; do
		tool 0 clocks "$1" --all --json
		"$CC_BIN/caseclock" simulate --policy "$pack" \
			--until "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" > "$CC_TMP/want" ||
			fail "simulate"
		[ -s "$CC_TMP/want" ] || fail "$1: simulate gives nothing"
		cmp -s "$CC_TMP/want" "$CC_TMP/out" && return
	done
	fail "$1: $(diff "$CC_TMP/want" "$CC_TMP/out" | head)"
}
for n in 1 3 5; do
	agrees ex$n "$examples/example$n.events.ndjson"
done
tool 0 clocks --all --json
cp "$CC_TMP/out" "$CC_TMP/all"
tool 0 clocks --json
grep -v -E '"state":"(running|overdue|paused|open)"' "$CC_TMP/out" && fail "not only live ones"
grep -c -E '"state":"(running|overdue|paused|open)"' "$CC_TMP/all" > "$CC_TMP/live"
[ "$(wc -l < "$CC_TMP/out")" -eq "$(cat "$CC_TMP/live")" ] || fail "not all live ones"
tool 0 clocks --json --state met --state late
grep -E '"state":"(met|late)"' "$CC_TMP/all" | cmp -s - "$CC_TMP/out" || fail "two states"
tool 0 clocks --json --all --clock priority-1-initial-contact --subject V1 ex1
[ "$(wc -l < "$CC_TMP/out")" -eq 1 ] || fail "not one clock"

# --- for people: a table in local time, without escapes, without cuts
tool 0 clocks
head -n 1 "$CC_TMP/out" | grep -q '^CASE *CLOCK *SUBJECT *STATE *DUE *LEFT *TITLE$' || fail "heads"
grep -q '^ex1 *findings-notice-15d *PF *overdue *Sat 2026-05-09 23:59:59 CDT .* over ' "$CC_TMP/out" ||
	fail "no local time"
# A duty to be done at once is shown without number and without reproach.
grep '^ex5 *closed-report-change-notice ' "$CC_TMP/out" > "$CC_TMP/immediate"
[ -s "$CC_TMP/immediate" ] || fail "no immediate duty"
grep -E 'overdue|late|over|20[0-9][0-9]-' "$CC_TMP/immediate" && fail "a reproach"
LC_ALL=C grep -q '[[:cntrl:]]' "$CC_TMP/out" && fail "control characters"
tool 0 clocks no-such-case
says 'no live clocks'
tool 0 explain ex1 priority-1-initial-contact V1
grep -q '2244.1' "$CC_TMP/out" || fail "no section"
grep -q 'e-1 (intake.received)' "$CC_TMP/out" || fail "no anchor"
tool 0 explain ex1 priority-1-initial-contact V1 --json
/usr/bin/python3 -c 'import json, sys; assert json.loads(sys.stdin.readline())["clock"]' \
	< "$CC_TMP/out" || fail "no JSON"
# --- why there is no such clock: who has one, which condition failed, what is missing
tool 1 explain ex1 priority-1-initial-contact nobody
grep -q 'there is a clock for V1, number 1$' "$CC_TMP/out" || fail "not whose clocks there are"
grep -q 'ex1 has no clock priority-1-initial-contact for nobody$' "$CC_TMP/err" || fail "not said"
tool 1 explain ex1 priority-1-initial-contact V1 --period 9
grep -q 'there is a clock for V1, number 1$' "$CC_TMP/out" || fail "not which periods there are"
grep -q 'for V2' "$CC_TMP/out" && fail "the clock of somebody else"
grep -q 'for V1, period 9$' "$CC_TMP/err" || fail "not which period"
tool 1 explain ex1 priority-2-initial-contact
grep -q 'this does not hold: ' "$CC_TMP/out" || fail "not which condition failed"
tool 1 explain ex1 priority-2-initial-contact V1 --json
/usr/bin/python3 -c 'import json, sys
o = json.loads(sys.stdin.readline())
assert (o["case"], o["clock"], o["subject"]) == ("ex1", "priority-2-initial-contact", "V1"), o
assert o["why"] and all("does not hold" in line for line in o["why"]), o
assert sys.stdin.read() == ""' < "$CC_TMP/out" || fail "no JSON of the reasons"
tool 1 explain no-such-case priority-1-initial-contact
grep -q '^no event of this case has come$' "$CC_TMP/out" || fail "not that the case is unknown"
tool 2 explain ex1 no-such-clock
tool 0 status
grep -q '^cases  *3,' "$CC_TMP/out" || fail "not three cases"
tool 0 status --json
/usr/bin/python3 -c 'import json, sys; assert json.load(sys.stdin)["store"]["cases"] == 3' \
	< "$CC_TMP/out" || fail "no JSON"
tool 0 alerts ex1 --held --json
[ -s "$CC_TMP/out" ] || fail "nothing held of the distant past"
grep -v '"case":"ex1".*"held":"history"' "$CC_TMP/out" && fail "others than asked for"
tool 0 alerts
grep -q ' history ' "$CC_TMP/out" || fail "not held"
tool 0 messages
says 'no messages'
tool 0 messages redrive --dead
says '0 messages will be tried again'
tool 0 backup "$CC_TMP/copy"
[ -s "$CC_TMP/copy" ] || fail "no copy"
tool 2 backup "$CC_TMP/copy"

# --- what only the daemon refuses
{
	echo '{"specversion":"1.0","id":"e-1","source":"/t/ex1","type":"person.updated","subject":"other","time":"2026-03-07T18:30:00Z","data":{"person_id":"V1","attribute":"verbal","value":"no"}}'
	echo '{"specversion":"1.0","id":"f-1","source":"/t/ex1","type":"person.updated","subject":"ex1","time":"2099-03-07T18:30:00Z","data":{"person_id":"V1","attribute":"verbal","value":"no"}}'
} > "$CC_TMP/in"
tool 4 send "$CC_TMP/in"
grep -q '^line 1: id_conflict ' "$CC_TMP/err" || fail "no conflict"
grep -q '^line 2: future_time /time: ' "$CC_TMP/err" || fail "no future"

# --- kill -9 in the middle: what was accepted is there, the rest goes on from
# the line that send names
awk 'BEGIN { for (i = 1; i <= 20000; i++)
	printf "{\"specversion\":\"1.0\",\"id\":\"k-%d\",\"source\":\"/k\",\"type\":\"person.updated\",\"subject\":\"k%d\",\"time\":\"2026-11-01T12:00:00Z\",\"data\":{\"person_id\":\"p\",\"attribute\":\"verbal\",\"value\":\"no\"}}\n", i, i % 50 }' \
	> "$CC_TMP/many"
"$CC_BIN/caseclock" send "$CC_TMP/many" > "$CC_TMP/out" 2> "$CC_TMP/err" &
sender=$!
tries=0
until "$CC_BIN/caseclock" clocks k1 > /dev/null 2>&1 && "$CC_BIN/caseclock" status --json |
	/usr/bin/python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)["store"]["events"] < 1000)'; do
	tries=$((tries + 1))
	[ $tries -lt 600 ] || fail "no events come"
done
stop KILL
wait $sender
rc=$?
if [ $rc -eq 3 ]; then
	accepted=$(sed -n 's/^\([0-9]*\) accepted.*/\1/p' "$CC_TMP/out")
	from=$(sed -n 's/.*lines from \([0-9]*\) on have no answer.*/\1/p' "$CC_TMP/err")
	[ "$from" -eq $((accepted + 1)) ] || fail "accepted $accepted, go on at $from"
	begin
	tool 0 send --from "$from" "$CC_TMP/many"
	sums=$(sed -n 's/^\([0-9]*\) accepted, \([0-9]*\) known.*/\1 + \2/p' "$CC_TMP/out")
	[ $(($sums)) -eq $((20000 - accepted)) ] || fail "lines are missing: $sums"
elif [ $rc -eq 0 ]; then
	accepted=20000
	begin
else
	fail "send ended with $rc"
fi
tool 0 send "$CC_TMP/many"
says '0 accepted, 20000 known before, 0 refused'
agrees ex1 "$examples/example1.events.ndjson"
stop
