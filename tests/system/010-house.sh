#!/bin/sh
# Goal: the house rules are really held: scripts/lint finds each kind of
# breach in a tree made for it and nothing in a good one, scripts/pure sees a
# core that reaches outside or keeps state, scripts/packages names what is
# missing, and the runner counts failures, crashes, skips and empty programs.
set -u
tree=$CC_TMP/tree
mkdir "$tree" || exit 1
cp -r "$CC_SRC/scripts" "$CC_SRC/Makefile" "$tree/" || exit 1
cd "$tree" || exit 1
for d in scheduler wire policy store notify daemon cli tests/unit; do
	mkdir -p "$d"
done
fail() {
	echo "$*"
	[ -e "$CC_TMP/out" ] && cat "$CC_TMP/out"
	# Seen at the end, too: half of this runs in pipes.
	: > "$CC_TMP/failed"
	exit 1
}

# --- lint
good() {
	cat > scheduler/good.h <<'C_END'
/*
 * scheduler/good.h - a header as it should be.
 */
#ifndef CC_SCHEDULER_GOOD_H
#define CC_SCHEDULER_GOOD_H

int cc_good_twice(int n);

#endif
C_END
	cat > scheduler/good.c <<'C_END'
#include "scheduler/good.h"

/* Not a call: time(NULL), strcpy(a, b) in a comment // nor this. */
int
cc_good_twice(int n)
{
	const char *text = "system(\"x\") // http://example.org";

	return text[0] == '"' ? n : 2 * n;
}
C_END
}
good
scripts/lint > "$CC_TMP/out" 2>&1 || fail "a good tree is refused"

# finds FILE LINE WORDS: the file on standard input has that finding, there.
finds() {
	cat > "$1"
	scripts/lint > "$CC_TMP/out" 2>&1 && fail "$1: not found: $3"
	grep -q "^$1:$2: .*$3" "$CC_TMP/out" || fail "$1:$2: not found: $3"
	rm -f "$1"
	good
}
lines() { # N: that many lines inside a function
	printf '%s\n' '#include "scheduler/good.h"' '' 'int' 'cc_good_long(int n)' '{'
	i=0
	while [ $i -lt "$1" ]; do
		echo "	n++;"
		i=$((i + 1))
	done
	printf '\treturn n;\n}\n'
}
echo '#include "wire/json.h"' | finds scheduler/a.c 1 'may not include wire/'
echo '#include "store/store.h"' | finds notify/a.c 1 'may not include store/'
echo '#include "notify/notifier.h"' | finds store/a.c 1 'may not include notify/'
echo '#include "daemon/x.h"' | finds cli/a.c 1 'may not include daemon/'
echo '#include "good.h"' | finds scheduler/a.c 1 'full path'
echo '#include <jansson.h>' | finds daemon/a.c 1 'jansson.h'
echo '#include <libesmtp.h>' | finds notify/email.c 1 'libesmtp.h'
echo '#include <sqlite3.h>' | finds daemon/a.c 1 'sqlite3.h'
echo '#include <time.h>' | finds scheduler/a.c 1 'the core may not include'
printf '#include <a.h>\n#include "scheduler/good.h"\n' | finds scheduler/good.c 1 'own header'
echo '	t = time(NULL);' | finds daemon/a.c 1 'reads a clock'
echo '	clock_gettime(CLOCK_REALTIME, &ts);' | finds store/a.c 1 'reads a clock'
echo '	n = 1; // one' | finds daemon/a.c 1 'comments are'
printf '\tx = "%0100d";\n' 0 | finds daemon/a.c 1 '100 columns'
echo '        n = 1;' | finds daemon/a.c 1 'tabs'
echo '	n = 1; ' | finds daemon/a.c 1 'white space'
for f in strcpy strcat sprintf gets system popen alloca setenv localtime gmtime strtok; do
	echo "	x = $f(a);" | finds daemon/a.c 1 'banned call'
done
lines 56 > scheduler/a.c
scripts/lint > "$CC_TMP/out" 2>&1 || fail "a function of 60 lines is refused"
lines 57 | finds scheduler/a.c 4 'function of 61 lines'
{ lines 20; i=0; while [ $i -lt 580 ]; do echo; i=$((i + 1)); done; } |
	finds scheduler/a.c 601 '600 lines'
printf '#ifndef CC_SCHEDULER_A_H\n#endif\n' | finds scheduler/a.h 1 'contract comment'
printf '/* a */\n#ifndef A_H\n#endif\n' | finds scheduler/a.h 2 'include guard'
echo "/* TO""DO */" | finds daemon/a.c 1 'unfinished'
echo "FIX""ME" | finds notes.md 1 'unfinished'
echo "see /ro""ot/notes" | finds notes.md 1 'path of one machine'
echo '/* Texas */' | finds scheduler/a.c 1 'jurisdiction'
echo | finds scheduler/a.o 1 'build product'
echo 'if then' > scripts/broken
scripts/lint > "$CC_TMP/out" 2>&1 && fail "a broken script is accepted"
rm scripts/broken

# --- pure
objects=$CC_TMP/objects
mkdir -p "$objects/scheduler"
compile() {
	${CC:-gcc} -x c -O2 -fPIE -c -o "$objects/scheduler/a.o" - || fail "does not compile"
}
echo '#include <string.h>
int cc_x(const char *a, const char *b);
int cc_x(const char *a, const char *b) { return strcmp(a, b); }' | compile
scripts/pure "$objects" > "$CC_TMP/out" 2>&1 || fail "a pure core is refused"
echo '#include <time.h>
long cc_x(void);
long cc_x(void) { return time(0); }' | compile
scripts/pure "$objects" > "$CC_TMP/out" 2>&1 && fail "a core that calls time() is accepted"
grep -q 'needs time' "$CC_TMP/out" || fail "time() is not named"
echo 'int cc_x(void);
int cc_x(void) { static int n; return n++; }' | compile
scripts/pure "$objects" > "$CC_TMP/out" 2>&1 && fail "a core with state is accepted"
echo 'int twice(int n);
int twice(int n) { return 2 * n; }' | compile
scripts/pure "$objects" > "$CC_TMP/out" 2>&1 && fail "an export without prefix is accepted"

# --- packages
scripts/packages gcc libuv no-such-module > "$CC_TMP/out" 2>&1 && fail "missing is not seen"
grep -q '^install: apt-get install --no-install-recommends no-such-module$' "$CC_TMP/out" ||
	fail "no apt line"
PKG_CONFIG="$CC_TMP/none" scripts/packages gcc libuv > "$CC_TMP/out" 2>&1 && fail "no pkg-config"
grep -q 'pkg-config libuv1-dev$' "$CC_TMP/out" || fail "no apt line without pkg-config"

# --- the runner
cat > "$CC_TMP/passes" <<'T_END'
#!/bin/sh
echo '[       OK ] a_test'
T_END
cat > "$CC_TMP/fails" <<'T_END'
#!/bin/sh
printf '[       OK ] a_test\n[  FAILED  ] b_test\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] b_test\n'
exit 1
T_END
cat > "$CC_TMP/leaks" <<'T_END'
#!/bin/sh
echo '[       OK ] a_test'
exit 1
T_END
printf '#!/bin/sh\nexit 0\n' > "$CC_TMP/empty"
printf '#!/bin/sh\nexec sleep 60\n' > "$CC_TMP/hangs"
echo 'exit 77' > "$CC_TMP/skips.sh"
echo 'test -d "$CC_TMP" && test -z "$(ls "$CC_TMP")"' > "$CC_TMP/fresh.sh"
chmod +x "$CC_TMP"/passes "$CC_TMP"/fails "$CC_TMP"/leaks "$CC_TMP"/empty "$CC_TMP"/hangs
adds() { # EXIT SUMS PROGRAM...
	want=$1 sums=$2
	shift 2
	CC_RESULTS= scripts/run-tests -t 1 -n it "$@" > "$CC_TMP/out" 2>&1
	[ $? -eq "$want" ] || fail "$*: exit is not $want"
	[ "$(tail -n 1 "$CC_TMP/out")" = "it: $sums" ] || fail "$*: not $sums"
}
adds 0 '1 passed, 0 failed, 0 skipped' "$CC_TMP/passes"
adds 1 '1 passed, 1 failed, 0 skipped' "$CC_TMP/fails"
adds 1 '1 passed, 1 failed, 0 skipped' "$CC_TMP/leaks"
adds 1 '0 passed, 1 failed, 0 skipped' "$CC_TMP/empty"
adds 1 '0 passed, 1 failed, 0 skipped' "$CC_TMP/hangs"
adds 1 '1 passed, 0 failed, 1 skipped' "$CC_TMP/fresh.sh" "$CC_TMP/skips.sh"
adds 0 '2 passed, 0 failed, 0 skipped' "$CC_TMP/fresh.sh" "$CC_TMP/passes"

# --- a changed flag rebuilds, an unchanged tree does not
build() {
	make -C "$tree" BUILD="$CC_TMP/b" "$@" pure > "$CC_TMP/out" 2>&1 || fail "make pure"
}
build
grep -q 'CC .*good.c' "$CC_TMP/out" || fail "nothing was compiled"
build
! grep -q 'CC .*good.c' "$CC_TMP/out" || fail "compiled again without need"
build CFLAGS=-O1
grep -q 'CC .*good.c' "$CC_TMP/out" || fail "a changed flag does not rebuild"
build CFLAGS=-O1
until touch scheduler/good.h && [ scheduler/good.h -nt "$CC_TMP/b/obj/scheduler/good.o" ]; do :; done
build CFLAGS=-O1
grep -q 'CC .*good.c' "$CC_TMP/out" || fail "a changed header does not rebuild"
[ ! -e "$CC_TMP/failed" ]
