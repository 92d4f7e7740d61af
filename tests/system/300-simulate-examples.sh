#!/bin/sh
# Goal: the example cases give exactly the records that were worked out by
# hand for them, every row, byte for byte, and so does any order of arrival
# that keeps the events of one second in theirs.
set -u
pack=$CC_SRC/policy/packs/texas-cps
examples=$CC_SRC/tests/examples
fail() {
	echo "$*"
	exit 1
}
simulate() { # N FILE
	"$CC_BIN/caseclock" simulate --policy "$pack" \
		--holidays "$examples/example$1.holidays.txt" "$2"
}

for n in 1 3 5; do
	in=$examples/example$n.events.ndjson want=$examples/example$n.clocks.ndjson
	simulate $n "$in" > "$CC_TMP/got" 2> "$CC_TMP/err" || fail "example $n: exit $?"
	[ -s "$CC_TMP/err" ] && fail "example $n: $(cat "$CC_TMP/err")"
	cmp -s "$CC_TMP/got" "$want" ||
		fail "example $n: $(diff "$want" "$CC_TMP/got" | head -20)"

	# Another order of arrival: sorted by the text of the time, stably, and
	# turned round second by second.
	/usr/bin/python3 - "$in" > "$CC_TMP/turned" <<'P_END' || fail "example $n: no other order"
import datetime, itertools, json, sys
lines = open(sys.argv[1]).read().splitlines()
when = lambda l: datetime.datetime.fromisoformat(json.loads(l)["time"]).timestamp() // 1
voids = [l for l in lines if json.loads(l)["type"] == "event.voided"]
rest = sorted((l for l in lines if l not in voids), key=when)
groups = [list(g) for _, g in itertools.groupby(rest, key=when)]
for g in reversed(groups):
    print("\n".join(g))
for l in voids:
    print(l)
P_END
	cmp -s "$in" "$CC_TMP/turned" && fail "example $n: the order is the same"
	simulate $n "$CC_TMP/turned" > "$CC_TMP/got" || fail "example $n turned: exit $?"
	cmp -s "$CC_TMP/got" "$want" ||
		fail "example $n turned: $(diff "$want" "$CC_TMP/got" | head -20)"
done

# All three in one input, line by line in turn: the same records, case by case.
paste -d '\n' "$examples"/example[135].events.ndjson > "$CC_TMP/mixed"
until=2027-01-01T00:00:00Z
for n in 1 3 5; do
	"$CC_BIN/caseclock" simulate --policy "$pack" --until $until \
		"$examples/example$n.events.ndjson" || fail "example $n until: exit $?"
done > "$CC_TMP/want"
"$CC_BIN/caseclock" simulate --policy "$pack" --until $until "$CC_TMP/mixed" \
	> "$CC_TMP/got" || fail "mixed: exit $?"
[ -s "$CC_TMP/got" ] || fail "mixed: nothing"
cmp -s "$CC_TMP/want" "$CC_TMP/got" || fail "mixed: $(diff "$CC_TMP/want" "$CC_TMP/got" | head)"
