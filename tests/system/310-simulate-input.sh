#!/bin/sh
# Goal: what simulate makes of its input and options: each kind of bad line
# is refused with its number and code and the rest goes on, repeats count once,
# conflicts are refused whatever their case, now is what the manual says, what was
# not yet recorded is as if it had never been sent, and alerts stand behind
# their clocks.
set -u
pack=$CC_SRC/policy/packs/texas-cps
fail() {
	echo "$*"
	for f in out err; do
		[ -e "$CC_TMP/$f" ] && sed "s/^/$f: /" "$CC_TMP/$f" | cut -c 1-300 | head -40
	done
	exit 1
}
# run EXIT ARGUMENT...: standard input is passed on.
run() {
	want=$1
	shift
	"$CC_BIN/caseclock" simulate --policy "$pack" "$@" > "$CC_TMP/out" 2> "$CC_TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || fail "exit $rc, not $want: $*"
}
says() { # the whole standard error
	cat > "$CC_TMP/want"
	cmp -s "$CC_TMP/want" "$CC_TMP/err" || fail "standard error is not: $(cat "$CC_TMP/want")"
}
event() { # ID CASE TIME TYPE DATA [MORE]
	printf '{"specversion":"1.0","id":"%s","source":"/t","type":"%s","subject":"%s","time":"%s","data":%s%s}\n' \
		"$1" "$4" "$2" "$3" "$5" "${6:-}"
}
intake() { # ID CASE TIME [MORE]
	event "$1" "$2" "$3" intake.received \
		'{"intake_id":"i-'"$1"'","priority":"P1","screened":false,"victim_person_ids":["v1"]}' \
		"${4:-}"
}
has() {
	grep -q -e "$1" "$CC_TMP/out" || fail "no record with $1"
}
lacks() {
	! grep -q -e "$1" "$CC_TMP/out" || fail "a record with $1"
}
t0=2026-03-07T18:30:00-06:00

# --- nothing at all; blank lines; standard input three ways
run 0 < /dev/null
[ ! -s "$CC_TMP/out" ] && [ ! -s "$CC_TMP/err" ] || fail "something of nothing"
printf '\n \t\r\n\n' | run 0 -
[ ! -s "$CC_TMP/out" ] || fail "something of blank lines"
intake e-1 a $t0 > "$CC_TMP/one"
run 0 "$CC_TMP/one"
cp "$CC_TMP/out" "$CC_TMP/first"
run 0 < "$CC_TMP/one"
cmp -s "$CC_TMP/out" "$CC_TMP/first" || fail "standard input differs"
run 0 - < "$CC_TMP/one"
cmp -s "$CC_TMP/out" "$CC_TMP/first" || fail "- differs"
{ echo; tr -d '\n' < "$CC_TMP/one"; } | run 0
cmp -s "$CC_TMP/out" "$CC_TMP/first" || fail "a last line without newline differs"
has '"case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"running","started":"2026-03-08T00:30:00Z","due":"2026-03-09T00:30:00Z","ended":null'

# --- every code that a file can earn, and the good lines around them
{
	intake e-1 a $t0						# 1
	echo 'nonsense'							# 2
	echo '[]'							# 3
	printf '\377\376\n'						# 4
	printf '{"a":"\000"}\n'						# 5
	echo '{"specversion":"1.0","specversion":"1.0"}'		# 6
	awk 'BEGIN { for (i = 0; i < 1000; i++) printf "["; print "" }'	# 7
	awk 'BEGIN { for (i = 0; i < 66560; i++) printf "x"; print "" }'	# 8
	echo '{"specversion":"1.0","id":"e-9"}'				# 9
	intake e-10 a 2026-03-07T18:30:00				# 10
	intake e-11 a 2026-13-07T18:30:00Z				# 11
	intake e-12 a 9999-03-07T18:30:00Z				# 12
	event e-13 a $t0 no.such '{}'					# 13
	event e-14 a $t0 person.updated '{"name":"x"}'			# 14
	intake e-15 a $t0 ',"extra":1'					# 15
	echo '{"jsonrpc":"2.0","id":1,"method":"status"}'		# 16
	intake e-17 b $t0 | sed 's/"P1"/"P9"/'				# 17
	intake e-18 c 2026-03-08T00:00:00Z				# 18
} > "$CC_TMP/bad"
run 4 "$CC_TMP/bad"
has '"case":"a",'
has '"case":"c",'
lacks '"case":"b",'
sed 's/^\(line [0-9]*: [a-z_]*\).*/\1/' "$CC_TMP/err" > "$CC_TMP/codes"
cat > "$CC_TMP/want" <<'L_END'
line 2: parse_error
line 3: invalid_event
line 4: parse_error
line 5: parse_error
line 6: parse_error
line 7: parse_error
line 8: too_large
line 9: invalid_event
line 10: invalid_time
line 11: invalid_time
line 12: invalid_time
line 13: unknown_type
line 14: invalid_data
line 15: invalid_event
line 16: invalid_event
line 17: invalid_data
L_END
cmp -s "$CC_TMP/want" "$CC_TMP/codes" || fail "codes: $(diff "$CC_TMP/want" "$CC_TMP/codes")"
grep -q '^line 17: invalid_data /data/priority: expected one of .*got "P9"$' "$CC_TMP/err" ||
	fail "no pointer or message"
# As if the refused lines were not there.
cp "$CC_TMP/out" "$CC_TMP/with"
sed -n '1p;18p' "$CC_TMP/bad" | run 0
cmp -s "$CC_TMP/out" "$CC_TMP/with" || fail "refused lines changed the records"

# --- identity
{
	intake e-1 a $t0
	intake e-1 a 2026-03-08T00:30:00.9Z		# the same second: a repeat
	intake e-1 a $t0 ',"recordedtime":"2026-04-01T00:00:00Z"'	# still one
	intake e-1 b $t0				# another case
	intake e-1 a 2026-03-08T00:30:01Z		# another second
	intake e-2 a $t0
} | run 4
says <<'L_END'
line 4: id_conflict /id: line 1 has the same source and id with other content, and stands
line 5: id_conflict /id: line 1 has the same source and id with other content, and stands
L_END
lacks '"case":"b"'

# --- now: the greatest time of all accepted lines, of all cases, voided ones too
{
	intake e-1 a $t0
	intake e-2 b 2026-03-12T00:00:00Z
	event v-1 b 2026-03-10T00:00:00Z event.voided '{"event_id":"e-2","reason":"entered_in_error"}'
	intake e-2 c 2026-05-12T00:00:00Z	# refused: it is not the latest
} > "$CC_TMP/now"
run 4 "$CC_TMP/now"
has '"case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"overdue"'
lacks '"case":"b"'
run 4 --until 2026-03-09T00:30:00Z "$CC_TMP/now"
has '"clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"running"'
run 4 --until 2026-03-08T18:30:01-06:00 "$CC_TMP/now"
has '"clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"overdue"'
run 4 --until=2026-03-08T00:29:59Z "$CC_TMP/now"
[ ! -s "$CC_TMP/out" ] || fail "records before the first event"
# Nothing is too far ahead.
intake e-1 a 2099-01-01T00:00:00Z | run 0
has '"started":"2099-01-01T00:00:00Z"'

# --- as known at
{
	intake e-1 a $t0 ',"recordedtime":"2026-03-08T06:00:00Z"'
	intake e-2 b $t0						# known at once
	intake e-2 c $t0 ',"recordedtime":"2026-03-20T00:00:00Z"'	# and in conflict later
	event p-1 b 2026-03-08T02:00:00Z contact.made \
		'{"contact_id":"k1","mode":"face_to_face","seen_person_ids":["v1"],"purposes":["interview"]}' \
		',"recordedtime":"2026-03-30T00:00:00Z"'
} > "$CC_TMP/known"
run 0 --as-known-at 2026-03-08T05:59:59Z "$CC_TMP/known"
lacks '"case":"a"'
has '"case":"b","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"running"'
run 0 --as-known-at 2026-03-09T00:30:01Z "$CC_TMP/known"
has '"case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"overdue"'
has '"case":"b","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"overdue"'
run 0 --as-known-at 2026-03-09T00:30:01Z --until 2026-03-08T12:00:00Z "$CC_TMP/known"
has '"case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"running"'
run 4 --as-known-at 2026-04-01T00:00:00Z "$CC_TMP/known"
has '"case":"b","clock":"priority-1-initial-contact","subject":"v1","period":1,"state":"met"'
grep -q '^line 3: id_conflict ' "$CC_TMP/err" || fail "no conflict once it is known"
# What was not known has no identity: the later line stands alone.
{
	intake e-1 a $t0 ',"recordedtime":"2026-06-01T00:00:00Z"'
	intake e-1 b $t0
} | run 0 --as-known-at 2026-03-09T00:00:00Z
has '"case":"b"'
lacks '"case":"a"'

# --- alerts: behind their clock, by instant, then place in the ladder
run 0 --records alerts --until 2026-03-12T00:00:00Z "$CC_TMP/one"
lacks '"record":"clock"'
grep '"clock":"priority-1-initial-contact"' "$CC_TMP/out" > "$CC_TMP/alerts"
cat > "$CC_TMP/want" <<'L_END'
{"record":"alert","case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"at":"2026-03-08T18:30:00Z","rung":"elapsed-75","severity":"warning","to":["caseworker"]}
{"record":"alert","case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"at":"2026-03-09T00:30:01Z","rung":"breach","severity":"critical","to":["caseworker","supervisor"]}
{"record":"alert","case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"at":"2026-03-09T04:30:00Z","rung":"after-4h","severity":"critical","to":["program_director"]}
{"record":"alert","case":"a","clock":"priority-1-initial-contact","subject":"v1","period":1,"at":"2026-03-09T12:30:00Z","rung":"after-12h","severity":"critical","to":["program_administrator"]}
L_END
head -4 "$CC_TMP/alerts" | cmp -s "$CC_TMP/want" - ||
	fail "alerts: $(diff "$CC_TMP/want" "$CC_TMP/alerts")"
cp "$CC_TMP/out" "$CC_TMP/alone"
run 0 --records=all --until 2026-03-12T00:00:00Z "$CC_TMP/one"
grep '"record":"alert"' "$CC_TMP/out" | cmp -s - "$CC_TMP/alone" || fail "all and alerts differ"
cp "$CC_TMP/out" "$CC_TMP/all"
run 0 --records clocks --until 2026-03-12T00:00:00Z "$CC_TMP/one"
grep '"record":"clock"' "$CC_TMP/all" | cmp -s - "$CC_TMP/out" || fail "all and clocks differ"
/usr/bin/python3 - "$CC_TMP/all" <<'P_END' || fail "order"
import json, sys
key = lambda r: (r["case"], r["clock"], r["subject"], r["period"], r["record"] == "alert",
                 r.get("at", ""))
records = [json.loads(l) for l in open(sys.argv[1])]
assert records and records == sorted(records, key=key)
assert len({r["record"] for r in records}) == 2
P_END

# --- holidays: the file instead of the pack's own; an empty one means none
{
	intake e-1 a 2026-03-02T12:00:00-06:00
	event e-2 a 2026-03-02T13:00:00-06:00 stage.progressed '{"stage_id":"s1","to":"INV","intake_id":"i-e-1"}'
	event e-3 a 2026-03-03T12:00:00-06:00 case.submitted \
		'{"submission_id":"u1","recommended_action":"close"}'
} > "$CC_TMP/submitted"
: > "$CC_TMP/none.txt"
echo '2026-03-05 # a day off' > "$CC_TMP/one.txt"
run 0 --holidays "$CC_TMP/none.txt" "$CC_TMP/submitted"
has '"clock":"supervisor-decision-5bd".*"due":"2026-03-11T04:59:59Z"'
run 0 --holidays "$CC_TMP/one.txt" "$CC_TMP/submitted"
has '"clock":"supervisor-decision-5bd".*"due":"2026-03-12T04:59:59Z"'
echo '2026-02-30' > "$CC_TMP/wrong.txt"
run 1 --holidays "$CC_TMP/wrong.txt" "$CC_TMP/submitted"
grep -q 'wrong.txt:1:' "$CC_TMP/err" || fail "the place in the holidays is not told"
[ ! -s "$CC_TMP/out" ] || fail "records with bad holidays"

# --- wrong use, and what cannot be read or written
run 2 --until yesterday "$CC_TMP/one"
run 2 --until 2026-03-12T00:00:00 "$CC_TMP/one"
run 2 --as-known-at 2026-03-12 "$CC_TMP/one"
run 2 --records some "$CC_TMP/one"
run 2 --untill 2026-03-12T00:00:00Z "$CC_TMP/one"
grep -q 'did you mean --until' "$CC_TMP/err" || fail "no nearest option"
run 2 "$CC_TMP/one" "$CC_TMP/one"
"$CC_BIN/caseclock" simulate "$CC_TMP/one" > "$CC_TMP/out" 2> "$CC_TMP/err"
[ $? -eq 2 ] || fail "without a policy"
run 1 "$CC_TMP/no-such-file"
run 1 "$CC_TMP"
"$CC_BIN/caseclock" simulate --policy "$CC_TMP/no-such-pack" "$CC_TMP/one" \
	> "$CC_TMP/out" 2> "$CC_TMP/err"
[ $? -eq 1 ] || fail "a pack that is not there"
grep -q 'no-such-pack' "$CC_TMP/err" || fail "it is not named"
"$CC_BIN/caseclock" simulate --policy "$pack" "$CC_TMP/one" > /dev/full 2> "$CC_TMP/err"
[ $? -eq 1 ] || fail "a full disk is not a failure"
grep -q 'standard output' "$CC_TMP/err" || fail "it is not said"

# --- a pack with mistakes: told by place, nothing loaded, exit 4 and 1
"$CC_BIN/caseclock" policy check "$pack" > "$CC_TMP/out" 2> "$CC_TMP/err" || fail "the pack"
grep -q ': ok: .* rules .* event types' "$CC_TMP/out" || fail "no ok"
cp -r "$pack" "$CC_TMP/pack"
echo 'no_such_key: 1' >> "$CC_TMP/pack/pack.yaml"
"$CC_BIN/caseclock" policy check "$CC_TMP/pack" > "$CC_TMP/out" 2> "$CC_TMP/err"
[ $? -eq 4 ] || fail "a bad pack is not refused"
[ ! -s "$CC_TMP/out" ] || fail "a bad pack is ok"
grep -q 'pack.yaml:[0-9]*:[0-9]*: .*no_such_key' "$CC_TMP/err" || fail "no place"
"$CC_BIN/caseclock" simulate --policy "$CC_TMP/pack" "$CC_TMP/one" > "$CC_TMP/out" 2> "$CC_TMP/err"
[ $? -eq 1 ] || fail "simulate with a bad pack"
[ ! -s "$CC_TMP/out" ] || fail "records of a bad pack"
"$CC_BIN/caseclock" policy check "$CC_TMP/nowhere" > "$CC_TMP/out" 2> "$CC_TMP/err"
rc=$?
[ $rc -eq 1 ] || [ $rc -eq 4 ] || fail "a pack that is not there: exit $rc"
