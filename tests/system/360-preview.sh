#!/bin/sh
# Goal: `messages preview` renders every template of a pack in every language, the same
# each time, loading nothing from anywhere; a pack whose templates are mistaken is refused
# with file, line and column, all at once, by `policy check` and `caseclockd
# --check-config` alike.
set -u
pack=$CC_SRC/policy/packs/texas-cps
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
	grep -qF -- "$1" "$CC_TMP/out" || fail "it does not say: $1"
}

# --- what it shows -----------------------------------------------------------

run 0 messages preview --policy "$pack" --out "$CC_TMP/a"
run 0 messages preview --policy "$pack" --out "$CC_TMP/b"
diff -r "$CC_TMP/a" "$CC_TMP/b" || fail "two runs differ"
for name in breach before late-news moved clear withdrawn immediate group digest handover \
	configuration; do
	for language in en es; do
		f=$CC_TMP/a/$name.$language
		for part in subject txt html; do
			[ -s "$f.$part" ] || fail "no $name.$language.$part"
		done
		[ "$(wc -l < "$f.subject")" -eq 0 ] || fail "$name.$language: a subject of several lines"
		awk '{ gsub(/[\200-\277]/, "") } length($0) > 72 { exit 1 }' "$f.txt" ||
			fail "$name.$language: a line of more than 72 columns"
		grep -qE 'src=|url\(|<script|<link|<img|@import' "$f.html" &&
			fail "$name.$language: the HTML loads something"
		grep -q "<html lang=\"$language\">" "$f.html" || fail "$name.$language: its language"
		grep -qE '\{\{|\}\}' "$f.subject" "$f.txt" "$f.html" &&
			fail "$name.$language: a tag is left"
	done
done
[ "$(find "$CC_TMP/a" -type f | wc -l)" -eq 66 ] || fail "more or fewer files than 66"
grep -qiE 'overdue|breach| late' "$CC_TMP/a/immediate.en.txt" && fail "an immediate duty is called late"
grep -qiE 'vencid|retras' "$CC_TMP/a/immediate.es.txt" && fail "an immediate duty is called late"
grep -q 'Was due: ' "$CC_TMP/a/moved.en.txt" || fail "moved: the old due"
grep -q 'Why: ' "$CC_TMP/a/moved.en.txt" || fail "moved: why"
grep -q 'Plazo anterior: ' "$CC_TMP/a/moved.es.txt" || fail "moved in Spanish: the old due"
grep -qE '[0-9]{8}' "$CC_TMP/a/digest.en.subject" && fail "a case in the subject of a digest"

run 0 messages preview --policy "$pack" --language es --form breach
says "==== breach (es)"
says "Subject: Caso 48211234: vencido, plazo: "
run 0 messages preview --policy "$pack" --language en --form breach --title
says "Subject: Case 48211234: overdue: "
run 0 messages preview --form digest --html
says "<!DOCTYPE html>"
run 0 messages preview --form digest --text
head -n 1 "$CC_TMP/out" | grep -q "^Today's list" || fail "more than the text"
run 0 messages preview
says "==== configuration (en)"
run 2 messages preview --language es
says "there are no templates in es"
run 2 messages preview --form breech
says "did you mean breach"
run 2 messages preview --text --html
run 1 messages preview --out "$CC_TMP/none/none"

# --- what is wrong with templates --------------------------------------------

bad=$CC_TMP/pack
cp -r "$CC_SRC/tests/packs/office" "$bad"
run 0 policy check "$bad"
mkdir -p "$bad/templates"
cp -r "$pack/templates/en" "$bad/templates/en"
rm "$bad/templates/en/titles.yaml"
run 0 policy check "$bad"
cp "$bad/templates/en/alert.txt" "$CC_TMP/alert.txt"

printf 'one\n{{case}} {{nobody}}\n{{#overdue}}\n' > "$bad/templates/en/alert.txt"
printf '{{{title}}}\n' > "$bad/templates/en/alert.subject"
run 4 policy check "$bad"
says "$bad/templates/en/alert.txt:2:12: there is no name 'nobody' here"
says "$bad/templates/en/alert.txt:3:1: the section 'overdue' is never closed"
says "$bad/templates/en/alert.subject:1:1: '{{{' is not of this language"
says "3 mistakes; nothing was loaded"

cat > "$CC_TMP/caseclockd.yaml" <<END
state_dir: $CC_TMP/state
socket: {path: $CC_TMP/sock}
policy: $bad
directory: $CC_TMP/directory.csv
routes: [{source: "*", staff_id: s-1}]
operator: {email: o@example.test}
mail: {server: "127.0.0.1:25", from: c@example.test, tls: none}
END
"$CC_BIN/caseclockd" -c "$CC_TMP/caseclockd.yaml" --check-config > "$CC_TMP/out" 2>&1 &&
	fail "the daemon takes mistaken templates"
says "$bad/templates/en/alert.txt:2:12: there is no name 'nobody' here"

cp "$CC_TMP/alert.txt" "$bad/templates/en/alert.txt"
rm "$bad/templates/en/alert.subject" "$bad/templates/en/digest.html"
printf 'x\n' > "$bad/templates/en/digset.html"
mkdir "$bad/templates/fr"
run 4 policy check "$bad"
says "$bad/templates/en/alert.subject: No such file or directory"
says "$bad/templates/en/digest.html: No such file or directory"
says "$bad/templates/en/digset.html: no template has this name"
says "$bad/templates/fr: there are no words in this language; there are en and es"

rm -rf "$bad/templates"
cp -r "$pack/templates" "$bad/templates"
printf 'rules:\n  nonesuch: "x"\nevents:\n  contact.made: ""\nother: {}\n' \
	> "$bad/templates/es/titles.yaml"
rm "$bad/templates/en/titles.yaml"
run 4 policy check "$bad"
says "$bad/templates/es/titles.yaml:5:1: titles.yaml: unknown key 'other'"
printf 'rules:\n  nonesuch: "x"\n' > "$bad/templates/es/titles.yaml"
run 4 policy check "$bad"
says "$bad/templates/es/titles.yaml:2:3: there is no rule 'nonesuch'"
head -c 65537 /dev/zero | tr '\0' x > "$bad/templates/en/group.txt"
run 4 policy check "$bad"
says "$bad/templates/en/group.txt: longer than the 65536 bytes allowed"
