#!/bin/sh
# Goal: every command answers --help on standard output and ends well; the list
# of commands is that of the manual; what is not known is refused, with what is near.
set -u
fail() {
	echo "$*"
	exit 1
}
run() { # EXIT WORD...
	want=$1
	shift
	"$CC_BIN/caseclock" "$@" > "$CC_TMP/out" 2> "$CC_TMP/err" < /dev/null
	rc=$?
	[ $rc -eq "$want" ] || fail "exit $rc, not $want: $*"
}

run 0 --help
cp "$CC_TMP/out" "$CC_TMP/help"
sed -n '/^Commands:/,/^$/s/^  \([a-z]*\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' "$CC_TMP/help" > "$CC_TMP/commands"
[ "$(wc -l < "$CC_TMP/commands")" -ge 9 ] || fail "too few commands: $(cat "$CC_TMP/commands")"
for c in send clocks alerts messages 'messages redrive' explain status simulate 'policy check'; do
	grep -qx "$c" "$CC_TMP/commands" || fail "no command $c"
done
while IFS= read -r c; do
	# shellcheck disable=SC2086
	run 0 $c --help
	head -n 1 "$CC_TMP/out" | grep -q "^Usage: caseclock $c" || fail "$c: no usage"
	[ ! -s "$CC_TMP/err" ] || fail "$c: words on standard error"
	# Help wins over all else that is said.
	# shellcheck disable=SC2086
	run 0 $c --nonsense --help x y z
	awk 'length($0) > 80 { exit 1 }' "$CC_TMP/out" || fail "$c: help wider than 80 columns"
	# Each option of the help is in the manual, under this command or as a general one.
	sed -n 's/^  --\([a-z-]*\).*/\1/p' "$CC_TMP/out" > "$CC_TMP/options"
	grep -qx help "$CC_TMP/options" || fail "$c: no --help"
	while IFS= read -r o; do
		tr -d '\\' < "$CC_SRC/docs/caseclock.1" | grep -q -e "--$o" ||
			fail "$c: the manual does not know --$o"
	done < "$CC_TMP/options"
	first=${c%% *}
	tr -d '\\' < "$CC_SRC/docs/caseclock.1" | grep -q "\\b$first\\b" || fail "$c: not in the manual"
	# shellcheck disable=SC2086
	run 2 $c --no-such-option
	grep -q 'there is no option --no-such-option' "$CC_TMP/err" || fail "$c: not said"
	[ ! -s "$CC_TMP/out" ] || fail "$c: output with a wrong option"
done < "$CC_TMP/commands"

run 0 --version
grep -q '^caseclock [0-9]' "$CC_TMP/out" || fail "no version"
run 0 policy --help
run 2
run 2 no-such-command
grep -q '^  simulate ' "$CC_TMP/err" || fail "the commands are not listed"
run 2 simulat
grep -q 'did you mean simulate' "$CC_TMP/err" || fail "no nearest command"
run 2 policy
grep -q 'policy check' "$CC_TMP/err" || fail "no second word"
run 2 --socket
run 2 --frobnicate
run 2 policy check
run 2 --socket "$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "x" }')" status
"$CC_BIN/caseclock" --help > /dev/full 2> "$CC_TMP/err"
[ $? -eq 1 ] || fail "help into a full disk"
