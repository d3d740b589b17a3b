// A certified identity provider, oidc-provider, on a free port of this machine, until its standard
// input ends. First it prints its issuer.
//
//   node provider.mjs MODULE REDIRECT_URI SECRET http|https
//
// By https it shows the certificate beside this file, which nobody but the tests trusts.
//
// It has a client for each algorithm of ID tokens, `concord-ALGORITHM`, and lets everybody in under
// the name that they write: its own pages for development ask for it.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

const [path, redirect, secret, scheme] = process.argv.slice(2);
const { Provider } = await import(path);

const algorithms = ["RS256", "ES256", "EdDSA"];
const pairs = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("ed25519"),
];
const keys = pairs.map(({ privateKey }, at) => ({
  ...privateKey.export({ format: "jwk" }),
  alg: algorithms[at],
  kid: algorithms[at],
  use: "sig",
}));
const client = (algorithm) => ({
  client_id: `concord-${algorithm}`,
  client_secret: secret,
  redirect_uris: [redirect],
  response_types: ["code"],
  grant_types: ["authorization_code"],
  id_token_signed_response_alg: algorithm,
});

const beside = (name) => readFileSync(new URL(name, import.meta.url));
const server =
  scheme === "https"
    ? createSecureServer({ key: beside("provider.key.pem"), cert: beside("provider.pem") })
    : createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `${scheme}://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: algorithms.map(client),
    jwks: { keys },
    cookies: { keys: ["of this test alone"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
  console.log(issuer);
});
