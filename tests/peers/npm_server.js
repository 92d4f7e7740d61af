// The npm package smtp-server as a mail server on loopback that behaves as told.
//
//   node npm_server.js FOLDER CERTIFICATE KEY BEHAVIOUR MAX_SECONDS
//
// Prints "PORT n"; keeps each mail as FOLDER/NNNNN.eml with its envelope beside it as .json,
// and counts in FOLDER/log.jsonl.  The login is clock / right-word, the token right-token.
'use strict';

const fs = require('fs');
const path = require('path');
const { SMTPServer } = require('smtp-server');

const [folder, certificate, key, behaviour, maxSeconds] = process.argv.slice(2);
const seen = new Set();
let sessions = 0;
let mails = 0;

fs.mkdirSync(folder, { recursive: true });

function note(what) {
	fs.appendFileSync(path.join(folder, 'log.jsonl'), JSON.stringify(what) + '\n');
}

function refusal(code, text) {
	const error = new Error(text);
	error.responseCode = code;
	return error;
}

function envelope(session) {
	const to = session.envelope.rcptTo[0];
	return {
		session: session.id, from: session.envelope.mailFrom.address, to: to.address,
		dsn: { ...session.envelope.dsn, ...to.dsn }, secure: session.secure,
		user: session.user, tls: session.tlsOptions && session.tlsOptions.version,
	};
}

function keep(session, chunks) {
	const name = path.join(folder, String(++mails).padStart(5, '0'));
	fs.writeFileSync(name + '.eml', Buffer.concat(chunks));
	fs.writeFileSync(name + '.json', JSON.stringify(envelope(session)));
}

function onData(stream, session, callback) {
	const chunks = [];
	stream.on('data', (chunk) => chunks.push(chunk));
	stream.on('end', () => {
		switch (behaviour) {
		case 'hang':
			note({ hanging: true });
			return;
		case 'full-later':
			callback(refusal(452, '4.2.2 the mailbox is full for now'));
			return;
		case 'full':
			callback(refusal(552, '5.2.2 the mailbox is full'));
			return;
		default:
			keep(session, chunks);
			callback(null, '2.0.0 kept');
		}
	});
}

function onRcptTo(address, session, callback) {
	if (behaviour === 'greylist' && !seen.has(address.address)) {
		seen.add(address.address);
		callback(refusal(451, '4.7.1 greylisted, come back'));
	} else if (behaviour === 'nobody') {
		callback(refusal(550, '5.1.1 no such user'));
	} else {
		callback();
	}
}

function onAuth(auth, session, callback) {
	const token = auth.method === 'XOAUTH2';
	const good = auth.username === 'clock' &&
		(token ? auth.accessToken === 'right-token' : auth.password === 'right-word');
	note({ login: auth.username, method: auth.method, good });
	if (good)
		callback(null, { user: auth.username });
	else if (token)
		callback(null, { data: { status: '401', schemes: 'bearer' } });
	else
		callback(refusal(535, '5.7.8 wrong'));
}

function authMethods() {
	switch (behaviour) {
	case 'xoauth2': return ['XOAUTH2'];
	case 'login': return ['LOGIN'];
	case 'cram': return ['CRAM-MD5'];
	default: return ['PLAIN', 'LOGIN'];
	}
}

const tls13 = behaviour === 'tls13' || behaviour === 'implicit13';
const server = new SMTPServer({
	key: fs.readFileSync(key), cert: fs.readFileSync(certificate),
	secure: behaviour === 'implicit' || behaviour === 'implicit13',
	minVersion: tls13 ? 'TLSv1.3' : 'TLSv1.2',
	authMethods: authMethods(), authOptional: behaviour === 'optional',
	hideSTARTTLS: behaviour === 'clear', allowInsecureAuth: false,
	hideENHANCEDSTATUSCODES: false, hideDSN: false, closeTimeout: 200,
	disabledCommands: behaviour === 'no-auth' ? ['AUTH'] : [],
	onConnect(session, callback) {
		note({ session: ++sessions });
		if (behaviour !== 'hang-greeting')
			callback();
	},
	onData, onRcptTo, onAuth,
});

server.on('error', (error) => note({ error: error.message }));
server.listen(0, '127.0.0.1', () => {
	process.stdout.write('PORT ' + server.server.address().port + '\n');
});
setTimeout(() => process.exit(0), Number(maxSeconds) * 1000);
process.on('SIGTERM', () => process.exit(0));
