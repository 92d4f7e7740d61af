#!/bin/sh
# Goal: a delivery notice on standard input reaches the daemon as ids and numbers, and each
# other outcome has its exit status, plain and for a mail alias.
set -eu

: "${CC_BIN:?is set by make system: the folder of the programs}"
: "${CC_SRC:?is set by make system: the root of the sources}"
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$CC_BIN" && pwd)
[ -x "$bin/caseclock" ] || { echo "no program $bin/caseclock"; exit 1; }
folder=$(mktemp -d "${CC_TMP:-${TMPDIR:-/tmp}}/bounce.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

timeout -k 5 60 /usr/bin/python3 "$here/lib/bounce.py" "$bin/caseclock" \
	"$CC_SRC/tests/fuzz/corpus/bounce" "$folder"
