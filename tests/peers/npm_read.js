// What the npm package mailparser makes of mails: one JSON line for each .eml of a folder.
'use strict';

const fs = require('fs');
const path = require('path');
const { simpleParser } = require('mailparser');

const MANY = ['received', 'return-path'];

async function read(file) {
	const mail = await simpleParser(fs.readFileSync(file), { skipTextToHtml: true });
	const names = mail.headerLines.map((line) => line.key);
	const attachments = mail.attachments.map((a) => a.contentType);
	return {
		file: path.basename(file), id: mail.messageId, subject: mail.subject,
		from: mail.from && mail.from.value.map((a) => a.address),
		to: mail.to && mail.to.value.map((a) => a.address), bcc: mail.bcc || null,
		references: mail.references, date: mail.date,
		automatic: mail.headers.get('auto-submitted'),
		text: mail.text, html: mail.html, attachments,
		twice: names.filter((n, i) => names.indexOf(n) !== i && !MANY.includes(n)),
		names,
	};
}

async function main() {
	const folder = process.argv[2];
	for (const name of fs.readdirSync(folder).sort())
		if (name.endsWith('.eml'))
			console.log(JSON.stringify(await read(path.join(folder, name))));
}

main().catch((error) => {
	console.error(error);
	process.exit(1);
});
