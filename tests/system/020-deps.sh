#!/bin/sh
# Goal: scripts/deps is silent when nothing is missing, installs only after a
# simulation that removes nothing and brings no mail server, and otherwise
# prints one line for an administrator and fails before anything is built.
# dpkg-query, apt-get, id and sudo are stand-ins that write down their calls.
set -u
cd "$CC_SRC" || exit 1

fakes=$CC_TMP/bin
calls=$CC_TMP/calls
export FAKE=$CC_TMP
mkdir "$fakes" || exit 1
printf 'ID=debian\n' > "$CC_TMP/debian"
printf 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' > "$CC_TMP/mint"
printf 'ID=fedora\n' > "$CC_TMP/fedora"

cat > "$fakes/dpkg-query" <<'FAKE_END'
#!/bin/sh
for name in "$@"; do :; done
grep -qx "$name" "$FAKE/installed" && { printf 'installed '; exit 0; }
grep -qx "$name" "$FAKE/removed" 2>/dev/null && { printf 'half-installed '; exit 0; }
exit 1
FAKE_END
cat > "$fakes/apt-get" <<'FAKE_END'
#!/bin/sh
echo "apt-get $*" >> "$FAKE/calls"
case " $* " in
*" update "*) rm -f "$FAKE/stale"; exit 0 ;;
*" -s "*)
	[ -e "$FAKE/stale" ] && { echo "E: Unable to locate package"; exit 100; }
	cat "$FAKE/plan" 2>/dev/null
	exit 0
	;;
esac
[ -e "$FAKE/broken" ] && exit 100
for name in "$@"; do echo "$name"; done >> "$FAKE/installed"
FAKE_END
cat > "$fakes/id" <<'FAKE_END'
#!/bin/sh
cat "$FAKE/uid"
FAKE_END
cat > "$fakes/sudo" <<'FAKE_END'
#!/bin/sh
[ -e "$FAKE/sudo-ok" ] || exit 1
echo "sudo $*" >> "$FAKE/calls"
shift
exec "$@"
FAKE_END
chmod +x "$fakes"/*

fail() {
	echo "$*"
	echo "--- output"; cat "$CC_TMP/out"
	echo "--- calls"; cat "$calls"
	exit 1
}

# Start anew: all packages there but those named, root, on Debian.
scene() {
	rm -f "$calls" "$CC_TMP/plan" "$CC_TMP/stale" "$CC_TMP/broken" "$CC_TMP/sudo-ok" \
		"$CC_TMP/removed"
	: > "$calls"
	echo 0 > "$CC_TMP/uid"
	os=$CC_TMP/debian
	forbid=
	sed -n 's/^[a-z]* //p' scripts/deps.list > "$CC_TMP/installed"
	for gone in "$@"; do
		grep -vx "$gone" "$CC_TMP/installed" > "$CC_TMP/rest"
		mv "$CC_TMP/rest" "$CC_TMP/installed"
	done
}
deps() {
	PATH=$fakes:$PATH CASECLOCK_OS_RELEASE=$os CASECLOCK_NO_INSTALL=$forbid \
		sh scripts/deps "$@" > "$CC_TMP/out" 2>&1
	rc=$?
}
says() { grep -q -- "$1" "$CC_TMP/out" || fail "no line '$1'"; }
called() { grep -q -- "$1" "$calls" || fail "no call '$1'"; }
installs_nothing() {
	! grep -v -e ' -s ' -e ' update' -e '^sudo -n true' "$calls" | grep -q install ||
		fail "something was installed"
}
line='apt-get install --no-install-recommends libuv1-dev libyaml-dev$'

scene
deps build test demo
[ $rc -eq 0 ] || fail "complete: exit $rc"
[ ! -s "$CC_TMP/out" ] || fail "complete: not silent"
[ ! -s "$calls" ] || fail "complete: apt-get was called"

scene libcmocka-dev
deps build demo
[ $rc -eq 0 ] && [ ! -s "$CC_TMP/out" ] || fail "only the sections named count"

scene libuv1-dev libyaml-dev
forbid=1
deps build
[ $rc -eq 1 ] || fail "forbidden: exit $rc"
says "^$line"
[ ! -s "$calls" ] || fail "forbidden: apt-get was called"

scene libuv1-dev libyaml-dev
echo 1000 > "$CC_TMP/uid"
deps build
[ $rc -eq 1 ] || fail "no rights: exit $rc"
says "^$line"
installs_nothing

scene libuv1-dev libyaml-dev
echo 1000 > "$CC_TMP/uid"
: > "$CC_TMP/sudo-ok"
deps build
[ $rc -eq 0 ] || fail "sudo: exit $rc"
says "^sudo -n $line"
called '^sudo -n .*apt-get .*install'

scene libuv1-dev libyaml-dev
deps build
[ $rc -eq 0 ] || fail "root: exit $rc"
says "^$line"
[ "$(grep -n -m1 ' -s ' "$calls" | cut -d: -f1)" = 1 ] || fail "root: no simulation first"
called 'install --no-install-recommends libuv1-dev libyaml-dev'

scene libuv1-dev
printf 'libuv1-dev\n' > "$CC_TMP/removed"
deps build
[ $rc -eq 0 ] || fail "half installed: exit $rc"
called 'install --no-install-recommends libuv1-dev'

scene libuv1-dev libyaml-dev
os=$CC_TMP/mint
deps build
[ $rc -eq 0 ] || fail "a child of Ubuntu: exit $rc"

scene libuv1-dev libyaml-dev
os=$CC_TMP/fedora
deps build
[ $rc -eq 1 ] || fail "another system: exit $rc"
says "^$line"
installs_nothing

scene libuv1-dev libyaml-dev
printf 'Remv libfoo-dev [1.0]\nInst libuv1-dev (1.44)\n' > "$CC_TMP/plan"
deps build
[ $rc -eq 1 ] || fail "removal: exit $rc"
says "would remove"
says "^$line"
installs_nothing

scene libuv1-dev libyaml-dev
printf 'Inst exim4-daemon-light (4.96)\nInst libuv1-dev (1.44)\n' > "$CC_TMP/plan"
deps build
[ $rc -eq 1 ] || fail "mail server: exit $rc"
says "mail server"
installs_nothing

scene libuv1-dev libyaml-dev
: > "$CC_TMP/stale"
deps build
[ $rc -eq 0 ] || fail "stale lists: exit $rc"
called ' update'

scene libuv1-dev libyaml-dev
: > "$CC_TMP/broken"
deps build
[ $rc -eq 1 ] || fail "failed installation: exit $rc"
says "^$line"

scene
deps everything
[ $rc -eq 2 ] || fail "unknown section: exit $rc"

# make test and make demo stop there, before anything is built.
scene libuv1-dev libyaml-dev
for goal in test demo; do
	PATH=$fakes:$PATH CASECLOCK_OS_RELEASE=$os CASECLOCK_NO_INSTALL=1 \
		make -C "$CC_SRC" BUILD="$CC_TMP/build" $goal > "$CC_TMP/out" 2>&1 &&
		fail "make $goal went on"
	says "$line"
	[ ! -e "$CC_TMP/build" ] || fail "make $goal built something"
done
exit 0
