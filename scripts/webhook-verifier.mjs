// A webhook receiver that verifies with the reference implementation of Standard Webhooks.
//
// webhook-verifier.mjs MODULES OLD NEW OTHER: MODULES is the folder of npm's packages, the
// others are secrets.  Prints "PORT n".  /both wants a signature that OLD and NEW verify,
// /new one that NEW verifies and OLD does not; OTHER never verifies, nor does a body or an
// id that was changed.  Answers 204, or 400 with what is wrong.  Ends when its standard
// input does, with the number of requests on standard output.
import { createRequire } from "node:module";
import http from "node:http";
import path from "node:path";

const [modules, oldSecret, newSecret, otherSecret] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "here.js"));
const { Webhook } = require("standardwebhooks");

function verifies(secret, body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (e) {
    if (e.name !== "WebhookVerificationError" && e.constructor.name !== "WebhookVerificationError")
      throw e;
    return false;
  }
}

// The specification's published example, with its clock set back.
function vector() {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signed = new Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek",
    new Date(1614265330 * 1000), '{"test": 2432232314}');
  return signed === "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
}

function wrongWith(url, body, headers) {
  const changed = { ...headers, "webhook-id": headers["webhook-id"] + "x" };
  if (!verifies(newSecret, body, headers)) return "the new secret does not verify";
  if (url === "/both" && !verifies(oldSecret, body, headers)) return "the old one does not";
  if (url === "/new" && verifies(oldSecret, body, headers)) return "the old one still does";
  if (verifies(otherSecret, body, headers)) return "a stranger's secret verifies";
  if (verifies(newSecret, body + " ", headers)) return "a changed body verifies";
  if (verifies(newSecret, body, changed)) return "a changed id verifies";
  const type = JSON.parse(body).type;
  return type === "caseclock.alert.fired" ? "" : "an event of type " + type;
}

if (!vector()) {
  console.error("the reference does not give the published signature");
  process.exit(1);
}
let requests = 0;
const server = http.createServer((req, res) => {
  const parts = [];
  req.on("data", (part) => parts.push(part));
  req.on("end", () => {
    const wrong = wrongWith(req.url, Buffer.concat(parts).toString("utf8"), req.headers);
    requests++;
    if (wrong) console.error(req.url + ": " + wrong);
    res.writeHead(wrong ? 400 : 204).end();
  });
});
server.listen(0, "127.0.0.1", () => console.log("PORT " + server.address().port));
process.stdin.resume().on("end", () => {
  console.log("REQUESTS " + requests);
  server.closeAllConnections();
  server.close();
});
