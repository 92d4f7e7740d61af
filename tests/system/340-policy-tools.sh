#!/bin/sh
# Goal: the tools of a policy analyst. `policy test` runs a pack's tests and
# shows what differs; `policy show` shows a rule in full; `policy diff` says
# which clocks of which cases another pack would move and who would be told;
# `policy rows` accounts for all 183 rows; mutate-pack sees a number that no
# test holds fast.
set -u
pack=$CC_SRC/policy/packs/texas-cps
office=$CC_SRC/tests/packs/office
cli=$CC_BIN/caseclock
fail() {
	echo "$*"
	[ -e "$CC_TMP/out" ] && head -40 "$CC_TMP/out"
	exit 1
}
run() { # STATUS ARGUMENT...
	want=$1
	shift
	"$cli" "$@" > "$CC_TMP/out" 2>&1
	got=$?
	[ "$got" -eq "$want" ] || fail "caseclock $*: exit $got, expected $want"
}
says() {
	tr -s ' ' < "$CC_TMP/out" | grep -qF -- "$1" || fail "it does not say: $1"
}

# --- policy test -----------------------------------------------------------

run 0 policy test "$pack"
grep -qE '^[1-9][0-9]* passed, 0 failed$' "$CC_TMP/out" || fail "the pack's tests"

mkdir -p "$CC_TMP/office" && cp -R "$office/." "$CC_TMP/office/" || fail "no copy"
office=$CC_TMP/office
run 1 policy test "$office"
says "there are no tests"
mkdir "$office/tests"
cat > "$office/tests/a.yaml" <<'END'
histories:
  one:
    - {at: 2026-03-04T20:00:00Z, type: ticket.opened, ticket_id: T1, urgency: low}
tests:
  - test: two business days, over a holiday
    rules: [receipt-2bd]
    history: one
    now: 2026-03-10T00:00:00Z
    clocks:
      - {subject: e-1, state: overdue, started: 2026-03-04T20:00:00Z, due: 2026-03-09T23:59:59Z}
    alerts:
      - {subject: e-1, at: 2026-03-07T23:59:59Z, rung: before-2d, to: [clerk], severity: notice}
      - {subject: e-1, at: 2026-03-10T00:00:00Z, rung: breach, to: [clerk, foreman], severity: warning}
END
run 0 policy test "$office"
says "1 passed, 0 failed"
sed 's/state: overdue/state: running/' "$office/tests/a.yaml" > "$CC_TMP/b.yaml"
run 1 policy test "$office" "$office/tests/a.yaml" "$CC_TMP/b.yaml"
says "b.yaml:5: FAILED two business days, over a holiday"
says " - {clock: receipt-2bd, subject: e-1, state: running,"
says " + {clock: receipt-2bd, subject: e-1, state: overdue,"
says "1 passed, 1 failed"
run 1 policy test --why "$office" "$CC_TMP/b.yaml"
says " t = e-1: there is a clock for e-1, number 1"
sed 's/2026-03-04T20:00:00Z, type: ticket.opened, ticket_id: T1, urgency: low/2026-03-04T20:00:00Z, type: review.asked/' \
	"$office/tests/a.yaml" > "$CC_TMP/b.yaml"
run 1 policy test --why "$office" "$CC_TMP/b.yaml"
says " nothing begins it: there is no t in ticket.opened"
sed 's/receipt-2bd/receipt-3bd/' "$office/tests/a.yaml" > "$CC_TMP/b.yaml"
run 4 policy test "$office" "$CC_TMP/b.yaml"
says "b.yaml:6:13: there is no rule 'receipt-3bd', did you mean 'receipt-2bd'?"
run 4 policy test "$office" "$CC_TMP/none.yaml"
printf 'x: [' > "$office/terms.yaml.new"
mv "$office/terms.yaml" "$CC_TMP/terms" && mv "$office/terms.yaml.new" "$office/terms.yaml"
run 4 policy test "$office"
mv "$CC_TMP/terms" "$office/terms.yaml"

# Fast: 1,000 tests, the pack loaded once, within 2 s.
awk 'NR <= 4 { print; next } { t = t $0 "\n" } END {
	for (i = 0; i < 1000; i++) { u = t; sub(/two business days/, i " business days", u)
	printf "%s", u } }' "$office/tests/a.yaml" > "$CC_TMP/many.yaml"
begun=$(date +%s%N)
run 0 policy test "$office" "$CC_TMP/many.yaml"
says "1000 passed, 0 failed"
spent=$((($(date +%s%N) - begun) / 1000000))
case $CC_BIN in
*asan* | *coverage*) ;;
*) [ "$spent" -lt 2000 ] || fail "1,000 tests took $spent ms" ;;
esac

# --- policy show -----------------------------------------------------------

run 0 policy show "$pack"
[ "$(wc -l < "$CC_TMP/out")" -eq 184 ] || fail "not 183 rules and a head"
run 0 policy show "$pack" priority-1-initial-contact
for word in "2244.1" "deadline" "nothing may hold its alerts back" "rules/contact.yaml:" \
	"intake.priority_changed" "due: d.counted + 24h" "- death(child)" \
	"75 % of the way from start to due" "caseworker, supervisor" "at most 3 d from start to due"; do
	says "$word"
done
run 0 policy show --policy "$pack" recording-upload-asap
says "no number is given"
run 1 policy show "$pack" priority-1-inital-contact
says "did you mean priority-1-initial-contact?"
run 2 policy show

# --- policy rows -----------------------------------------------------------

run 1 policy rows "$office"
says "receipt-2bd implemented"
says "a.yaml:5: two business days, over a holiday"
says "hazard-now NOT TESTED"
says "base-visits not computable"
printf 'id,what\nreceipt-2bd,x\nreceipt-9bd,y\n' > "$CC_TMP/list.csv"
run 1 policy rows --catalogue "$CC_TMP/list.csv" "$office"
says "receipt-9bd MISSING"
run 0 policy rows "$pack"
says "183 rows: 149 implemented (149 of them tested), 34 not computable, 0 missing; 0 rules beside them"

# --- policy diff -----------------------------------------------------------

events=$CC_SRC/tests/examples/example1.events.ndjson
run 0 policy diff --events "$events" "$pack" "$pack"
says "The packs say the same."
says "0 of 1 cases touched; 0 clocks move, 0 change otherwise, 0 appear, 0 vanish."
new=$CC_TMP/new
mkdir "$new" && cp -R "$pack/." "$new/" || fail "no copy"
sed 's/d\.counted + 24h/d.counted + 20h/' "$pack/rules/contact.yaml" > "$new/rules/contact.yaml"
run 0 policy diff --events "$events" "$pack" "$new"
for word in "changed rule priority-1-initial-contact (due)" \
	"touched rule missed-contact-followup-plan" \
	"moves priority-1-initial-contact V1" \
	"was: met, started Sat 2026-03-07 18:30:00 CST, due Sun 2026-03-08 19:30:00 CDT" \
	"now: late, started Sat 2026-03-07 18:30:00 CST, due Sun 2026-03-08 15:30:00 CDT" \
	"appears missed-contact-followup-plan V1" \
	"tells caseworker, supervisor: critical, breach, Sun 2026-03-08 15:30:01 CDT" \
	"1 of 1 cases touched; 3 clocks move, 0 change otherwise, 1 appear, 0 vanish." \
	"caseworker: "; do
	says "$word"
done
run 0 policy diff --events - --until 2026-03-08T00:00:00Z "$pack" "$new" < /dev/null
says "0 of 0 cases touched"
printf '{"nonsense":1}\n' > "$CC_TMP/bad"
run 4 policy diff --events "$CC_TMP/bad" "$pack" "$new"
says "line 1: "
printf 'x: [' > "$new/terms.yaml"
run 4 policy diff "$pack" "$new"
run 2 policy diff "$pack"

# --- mutate-pack -----------------------------------------------------------

mutate="/usr/bin/python3 $CC_SRC/scripts/mutate-pack"
sed -n '1,/^  - rule: answer-10d/p' "$office/rules/"*.yaml | sed '$d' > "$CC_TMP/rule"
rm "$office/rules/"*.yaml && cp "$CC_TMP/rule" "$office/rules/receipt.yaml"
$mutate "$office" "$cli" > "$CC_TMP/out" 2>&1
[ $? -eq 1 ] || fail "mutate-pack: nothing survived"
grep -q 'receipt.yaml' "$CC_TMP/out" && fail "mutate-pack: the rule's number was held fast"
says "pack.yaml"
sed 's/2026-03-04T20:00:00Z, due/2026-03-04T20:00:01Z, due/' "$office/tests/a.yaml" \
	> "$office/tests/b.yaml"
$mutate "$office" "$cli" > "$CC_TMP/out" 2>&1
[ $? -eq 2 ] || fail "mutate-pack: went on from a failing test"
exit 0
