#!/bin/sh
# Goal: the mail worker sends over STARTTLS with AUTH to a real SMTP server, many mails a
# session, and sends nothing to a server it cannot trust.
set -eu

: "${CC_BIN:?is set by make system: the folder of the programs}"
here=$(cd "$(dirname "$0")" && pwd)
worker=$(cd "$CC_BIN" && pwd)/caseclock-mailer
renderer=$(cd "$CC_BIN" && pwd)/tests/system/render_mail
for program in "$worker" "$renderer"; do
	[ -x "$program" ] || { echo "no program $program"; exit 1; }
done
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null ||
	{ echo "the Debian package python3-aiosmtpd is missing"; exit 1; }

# The certificate names localhost, and so must the machine.
if ! getent hosts localhost > /dev/null; then
	echo "FAILED: this machine does not know the name localhost; put it into /etc/hosts"
	exit 1
fi
folder=$(mktemp -d "${CC_TMP:-${TMPDIR:-/tmp}}/mail-tls.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

authority() {	# NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj "/CN=$1 authority" -keyout "$folder/$1.key" -out "$folder/$1.pem" 2>/dev/null
}

certificate() {	# NAME SUBJECT-ALT-NAME
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
		-keyout "$folder/$1.key" -out "$folder/$1.csr" 2>/dev/null
	printf 'subjectAltName=%s\n' "$2" > "$folder/$1.ext"
	openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
		-CAcreateserial -days 2 -extfile "$folder/$1.ext" -out "$folder/$1.pem" 2>/dev/null
}

authority ca
authority stranger
certificate localhost DNS:localhost
certificate other DNS:other.example.test
certificate address IP:127.0.0.1
printf 'right-word\n' > "$folder/password"
printf 'wrong-word\n' > "$folder/bad-password"

timeout -k 5 120 /usr/bin/python3 "$here/lib/mail_tls.py" "$worker" "$renderer" "$folder"
