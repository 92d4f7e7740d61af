#!/bin/sh
# Goal: `make install` into an empty root gives units that systemd-analyze
# finds nothing to say about, exposure below 2.0, and every file the units
# and the man pages speak of; `make uninstall` takes all of it away again.
set -u
cd "$CC_SRC" || exit 1
root=$CC_TMP/root
mkdir "$root" || exit 1

fail() {
	echo "$*"
	[ -e "$CC_TMP/out" ] && cat "$CC_TMP/out"
	exit 1
}

# In a copy of the build, since another prefix relinks the programs.
build=$CC_TMP/build
mkdir "$build" && cp -a "$CC_BIN/obj" "$CC_BIN"/.[a-z]* "$build/" || fail "no build in $CC_BIN"
CC_MAKE="$CC_MAKE BUILD=$build"

$CC_MAKE install PREFIX=/usr LIBEXECDIR=/usr/libexec/caseclock DESTDIR="$root" \
	> "$CC_TMP/out" 2>&1 || fail "make install"

for f in usr/sbin/caseclockd usr/bin/caseclock usr/libexec/caseclock/caseclock-mailer; do
	[ -x "$root/$f" ] || fail "$f is not installed"
done
for f in usr/lib/systemd/system/caseclockd.service usr/lib/systemd/system/caseclockd.socket \
	usr/lib/sysusers.d/caseclock.conf usr/lib/tmpfiles.d/caseclock.conf \
	usr/share/man/man1/caseclock.1 usr/share/man/man8/caseclockd.8 \
	etc/caseclock/caseclockd.yaml.example etc/caseclock/directory.csv.example; do
	[ -s "$root/$f" ] || fail "$f is not installed"
done
for f in $(find policy/packs -type f); do
	cmp -s "$f" "$root/usr/share/caseclock/${f#policy/}" || fail "$f is not installed"
done
file=$(sed -n 's/^Documentation=file://p' "$root/usr/lib/systemd/system/caseclockd.service")
[ -s "$root$file" ] || fail "Documentation names $file, which is not installed"

# What a root has of its own: the standard targets and kill.
mkdir -p "$root/usr/bin" "$root/etc"
ln -s usr/bin "$root/bin"
cp /bin/kill "$root/usr/bin/kill"
cp /usr/lib/systemd/system/*.target "$root/usr/lib/systemd/system/"

systemd-analyze verify --root="$root" caseclockd.service caseclockd.socket \
	> "$CC_TMP/out" 2>&1 || fail "systemd-analyze verify"
[ ! -s "$CC_TMP/out" ] || fail "systemd-analyze verify has something to say"

systemd-analyze security --offline=yes --threshold=20 --no-pager \
	"$root/usr/lib/systemd/system/caseclockd.service" > "$CC_TMP/out" 2>&1 ||
	fail "exposure is 2.0 or more"

systemd-sysusers --root="$root" "$root/usr/lib/sysusers.d/caseclock.conf" \
	> "$CC_TMP/out" 2>&1 || fail "systemd-sysusers"
grep -q '^caseclock:' "$root/etc/passwd" || fail "no user caseclock"
grep -q '^caseclock:' "$root/etc/group" || fail "no group caseclock"

for page in docs/caseclock.1 docs/caseclockd.8; do
	if command -v groff > /dev/null 2>&1; then
		groff -man -Tutf8 -ww -z "$page" > "$CC_TMP/out" 2>&1
		[ ! -s "$CC_TMP/out" ] || fail "$page"
	fi
	sed -n '1p' "$page" | grep -q '^\.\\"' || fail "$page does not begin with a comment"
done

# An installation below another prefix names that prefix everywhere.
$CC_MAKE install PREFIX=/opt/cc DESTDIR="$CC_TMP/opt" > "$CC_TMP/out" 2>&1 || fail "PREFIX"
grep -q '^ExecStart=/opt/cc/sbin/caseclockd ' \
	"$CC_TMP/opt/opt/cc/lib/systemd/system/caseclockd.service" || fail "ExecStart keeps /usr"
grep -q '/opt/cc/share/caseclock/packs' "$CC_TMP/opt/etc/caseclock/caseclockd.yaml.example" ||
	fail "the example keeps /usr"

$CC_MAKE uninstall PREFIX=/opt/cc DESTDIR="$CC_TMP/opt" > "$CC_TMP/out" 2>&1 ||
	fail "make uninstall"
left=$(find "$CC_TMP/opt" ! -type d)
[ -z "$left" ] || fail "left behind: $left"
exit 0
