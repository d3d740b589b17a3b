// A browser with a device that holds passkeys, both of them Chromium's own, until its standard input
// ends. Each line that comes in is a thing to do, as JSON, and is answered by a line.
//
//   node browser.mjs MODULE CHROMIUM
//
//   {"go": ADDRESS}                 opens a page, in which all else happens
//   {"create": OPTIONS}             lets the device make a passkey: what the page would send
//   {"get": OPTIONS}                lets the device show one
//   {"verifies": true | false}      whether whoever holds the device knows its PIN from now on
//   {"copy": true}                  takes a copy of the passkeys in the device
//   {"restore": true}               puts the copy in the place of what is there
//
// What the browser refuses is answered as {"refused": NAME}.
import { createInterface } from "node:readline";

const [path, executablePath] = process.argv.slice(2);
const { chromium } = await import(path);

const browser = await chromium.launch({ executablePath });
const page = await browser.newPage();
const client = await page.context().newCDPSession(page);
await client.send("WebAuthn.enable");
const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  },
});
let copied = [];

// What a page does with the options that it is given.
const inPage = async ([method, options]) => {
  try {
    const publicKey =
      method === "create"
        ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
        : PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials[method]({ publicKey })).toJSON();
  } catch (error) {
    return { refused: error.name };
  }
};

const things = {
  go: async (address) => ({ status: (await page.goto(address)).status() }),
  create: (options) => page.evaluate(inPage, ["create", options]),
  get: (options) => page.evaluate(inPage, ["get", options]),
  verifies: async (isUserVerified) => {
    await client.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    return {};
  },
  copy: async () => {
    const { credentials } = await client.send("WebAuthn.getCredentials", { authenticatorId });
    copied = credentials;
    return { copied: credentials.length };
  },
  restore: async () => {
    await client.send("WebAuthn.clearCredentials", { authenticatorId });
    for (const credential of copied) {
      await client.send("WebAuthn.addCredential", { authenticatorId, credential });
    }
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [[thing, with_]] = Object.entries(JSON.parse(line));
  console.log(JSON.stringify(await things[thing](with_)));
}
await browser.close();
