#!/bin/sh
# Goal: mail reaches real servers, from Debian and from npm, by both transports; what they
# refuse is told; every copy they got is read by MIME parsers that are not ours; the
# notices they send back are understood.
#
# The servers are fetched into build/peers and run from there on loopback ports, by their
# own process ids: chasquid and exim unpacked from Debian's packages (nothing is
# installed), smtp-server and mailparser from npm by package-lock.json.
# One line a case; the last one has the sums.
set -eu

: "${CC_BIN:?is set by make mail-servers: the folder of the programs}"
: "${CC_SRC:?is set by make mail-servers: the root of the sources}"
here=$CC_SRC/tests/peers
peers=${CC_PEERS:-$CC_SRC/build/peers}
bin=$(cd "$CC_BIN" && pwd)

need() {
	command -v "$1" > /dev/null 2>&1 || {
		echo "mail-servers: there is no $1; install $2"
		exit 1
	}
}
need node "nodejs 20 or later"
need npm npm
need apt-get "apt: this needs Debian 12"
need dpkg dpkg
need openssl openssl
need setpriv util-linux
getent hosts localhost > /dev/null || {
	echo "mail-servers: this machine does not know localhost; put it into /etc/hosts"
	exit 1
}

# What exim is linked with, as far as this machine has it not.
libraries() {
	apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances exim4-daemon-light |
		grep -E '^lib[a-z0-9.+-]+$' | sort -u |
		while read -r package; do
			[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = \
				installed ] || printf '%s\n' "$package"
		done
}

fetch_debian() {
	[ -f "$peers/debian/.done" ] && return 0
	rm -rf "$peers/debian"
	mkdir -p "$peers/debian/packages"
	(
		cd "$peers/debian/packages"
		# shellcheck disable=SC2046
		apt-get -q -o APT::Sandbox::User="$(id -un)" download chasquid \
			exim4-daemon-light libnss-wrapper $(libraries) > ../download.log 2>&1 || {
			cat ../download.log
			exit 1
		}
	) || return 1
	for package in "$peers"/debian/packages/*.deb; do
		dpkg -x "$package" "$peers/debian"
	done
	chmod u-s "$peers/debian/usr/sbin/exim4"
	touch "$peers/debian/.done"
}

fetch_npm() {
	cmp -s "$here/package-lock.json" "$peers/npm/package-lock.json" &&
		[ -f "$peers/npm/.done" ] && return 0
	rm -rf "$peers/npm"
	mkdir -p "$peers/npm"
	cp "$here/package.json" "$here/package-lock.json" "$peers/npm/"
	(cd "$peers/npm" && npm ci --ignore-scripts --no-audit --no-fund > npm.log 2>&1) || {
		cat "$peers/npm/npm.log"
		return 1
	}
	touch "$peers/npm/.done"
}

mkdir -p "$peers"
fetch_debian
fetch_npm

# Below /tmp, where another user of the same machine may go: root's exim runs as nobody.
folder=$(mktemp -d /tmp/caseclock-peers.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$folder"

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
chmod 644 "$folder"/*.key
printf 'right-word\n' > "$folder/password"
printf 'wrong-word\n' > "$folder/bad-password"
printf 'right-token\n' > "$folder/token"
printf 'wrong-token\n' > "$folder/bad-token"

NODE_PATH=$peers/npm/node_modules timeout -k 5 600 \
	/usr/bin/python3 "$here/mail_servers.py" "$bin" "$peers/debian" "$folder"
