#!/bin/sh
# Goal: send tells what became of each line, with its number, when all is well,
# when lines are bad, when the daemon goes away in the middle, cannot be
# reached, or answers nonsense; and never does anything but send events.
set -u
socket=$CC_TMP/s
fake=
fail() {
	echo "$*"
	for f in out err; do
		[ -e "$CC_TMP/$f" ] && sed "s/^/$f: /" "$CC_TMP/$f" | cut -c 1-300 | head -20
	done
	exit 1
}
stop() {
	[ -n "$fake" ] && kill "$fake" 2> /dev/null && wait "$fake" 2> /dev/null
	fake=
	rm -f "$socket"
}
trap stop EXIT
begin() { # OPTION...
	stop
	mkfifo "$CC_TMP/ready"
	/usr/bin/python3 "$CC_SRC/tests/system/lib/fake_daemon.py" "$socket" "$@" \
		> "$CC_TMP/ready" 2> "$CC_TMP/fake" &
	fake=$!
	read -r word < "$CC_TMP/ready"
	rm "$CC_TMP/ready"
	[ "$word" = ready ] || fail "no far side: $(cat "$CC_TMP/fake")"
}
run() { # EXIT ARGUMENT...
	want=$1
	shift
	timeout 60 "$CC_BIN/caseclock" --socket "$socket" "$@" > "$CC_TMP/out" 2> "$CC_TMP/err"
	rc=$?
	[ $rc -eq "$want" ] || fail "exit $rc, not $want: $*"
}
says() { # FILE LINE...
	f=$1
	shift
	printf '%s\n' "$@" > "$CC_TMP/want"
	cmp -s "$CC_TMP/want" "$CC_TMP/$f" || fail "$f is not: $(cat "$CC_TMP/want")"
}
events() { # FROM TO
	awk -v a="$1" -v b="$2" 'BEGIN { for (i = a; i <= b; i++)
		printf "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"/t\"}\n", i }'
}

# --- all is well; again; from standard input; from a line; blank lines
begin
events 1 5000 > "$CC_TMP/in"
run 0 send "$CC_TMP/in"
says out '5000 accepted, 0 known before, 0 refused'
[ ! -s "$CC_TMP/err" ] || fail "words on standard error without a terminal"
run 0 send < "$CC_TMP/in"
says out '0 accepted, 5000 known before, 0 refused'
{ printf '\n\r\n'; events 5000 5001; } | run 0 send -
says out '1 accepted, 1 known before, 0 refused'
run 0 send --from 4990 "$CC_TMP/in"
says out '0 accepted, 11 known before, 0 refused'
run 0 send < /dev/null
says out '0 accepted, 0 known before, 0 refused'
# The socket by environment, and behind the command.
CASECLOCK_SOCKET=$socket "$CC_BIN/caseclock" send "$CC_TMP/in" > "$CC_TMP/out" || fail "environment"
"$CC_BIN/caseclock" send "--socket=$socket" "$CC_TMP/in" > "$CC_TMP/out" || fail "behind"

# --- bad lines are told with their numbers; the terminal is left alone
{
	events 1 1
	echo '{"specversion":"1.0","id":"bad-2","source":"/t"}'
	echo
	echo 'nonsense'
	awk 'BEGIN { for (i = 0; i < 65537; i++) printf "x"; print "" }'
	echo '{"jsonrpc":"2.0","id":1,"method":"backup","params":{"path":"/x"}}'
	echo '{"json\u0072pc":"2.0","id":1,"method":"backup"}'
	events 2 2
} > "$CC_TMP/bad"
run 4 send "$CC_TMP/bad"
says out '0 accepted, 2 known before, 5 refused'
sort "$CC_TMP/err" > "$CC_TMP/sorted"
says sorted 'line 2: invalid_data /data/x: expected ?[31mred' \
	'line 4: parse_error: not JSON' \
	'line 5: too_large: expected a line of at most 65536 bytes; got more' \
	'line 6: invalid_event /specversion: expected an event; got a request' \
	'line 7: invalid_event /specversion: expected an event; got a request'

# --- many lines are under way at once: nothing is answered before 1,000 came
begin --hold 1000
run 0 send "$CC_TMP/in"
says out '5000 accepted, 0 known before, 0 refused'
# A slow writer: its first lines are sent, and answered, before it writes more.
begin
mkfifo "$CC_TMP/slow"
"$CC_BIN/caseclock" --socket "$socket" send "$CC_TMP/slow" > "$CC_TMP/out" 2> "$CC_TMP/err" &
sender=$!
exec 9> "$CC_TMP/slow"
{ events 1 3; echo '{"specversion":"1.0","id":"bad-4","source":"/t"}'; } >&9
tries=0
until grep -q '^line 4: ' "$CC_TMP/err"; do
	tries=$((tries + 1))
	[ $tries -lt 1000 ] || fail "the first lines wait for the last"
	sleep 0.02
done
events 5 6 >&9
exec 9>&-
wait $sender
[ $? -eq 4 ] || fail "a slow writer"
says out '5 accepted, 0 known before, 1 refused'

# --- the daemon goes away: how far it came, and where to go on
begin --close-after 1234
run 3 send "$CC_TMP/in"
says out '1234 accepted, 0 known before, 0 refused'
grep -q 'lines from 1235 on have no answer; .*send --from 1235 ' "$CC_TMP/err" ||
	fail "where to go on is not told"
begin
run 0 send --from 1235 "$CC_TMP/in"
says out '3766 accepted, 0 known before, 0 refused'

# --- one who may not
begin --forbid
run 4 send "$CC_TMP/in"
grep -q '^line 1: forbidden: you may not$' "$CC_TMP/err" || fail "forbidden is not told"
run 1 status
grep -q 'forbidden: you may not' "$CC_TMP/err" || fail "forbidden is not told to one who asks"

# --- nonsense
begin --garbage
run 1 send "$CC_TMP/in"
grep -q 'not an answer' "$CC_TMP/err" || fail "nonsense is not told"
run 1 clocks

# --- lists go on from page to page; what the daemon refuses is told
begin
run 0 clocks --json
[ "$(wc -l < "$CC_TMP/out")" -eq 3 ] || fail "not three pages"
run 0 clocks
grep -q '^c2 .* Wed 2026-07-01 07:00:00 CDT ' "$CC_TMP/out" || fail "no local time"
! grep -q '\033' "$CC_TMP/out" || fail "colours without a terminal"
TZ=Europe/Berlin "$CC_BIN/caseclock" --socket "$socket" clocks |
	grep -q 'Wed 2026-07-01 14:00:00 CEST' || fail "TZ is not heeded"
run 1 alerts
run 2 alerts wrong
grep -q 'case: expected an id' "$CC_TMP/err" || fail "the daemon's words are lost"
begin --long 300000
run 0 clocks --json
awk 'length($0) < 300000 { exit 1 }' "$CC_TMP/out" || fail "a long answer is cut"

# --- nobody there
stop
for command in "send $CC_TMP/in" clocks alerts messages 'messages redrive --dead' status \
	'explain a b' 'backup x'; do
	# shellcheck disable=SC2086
	run 3 $command
	grep -q "cannot reach caseclockd at $socket" "$CC_TMP/err" || fail "$command: no words"
	[ ! -s "$CC_TMP/out" ] || fail "$command: output"
done
/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$socket"
run 3 status
grep -q 'nobody listens' "$CC_TMP/err" || fail "no advice"
rm -f "$socket"

# --- wrong use
run 2 send --from 0 "$CC_TMP/in"
run 2 send --from x "$CC_TMP/in"
run 2 send a b
run 1 send "$CC_TMP/no-such-file"
grep -q 'no-such-file' "$CC_TMP/err" || fail "the file is not named"
run 2 messages redrive
run 2 messages redrive --dead --alert 1
run 2 messages redrive --alert x
run 2 messages --state lost
run 2 clocks --all --state open
run 2 clocks --state opened
run 2 explain a
run 2 explain a b c --period 0
