// A browser with a device that holds passkeys, both of them Chromium's own, until its standard input
// ends. Each line that comes in is a thing to do, as JSON, and is answered by a line.
//
//   node browser.mjs MODULE CHROMIUM AXE
//
//   {"go": ADDRESS}                 opens a page, in which all else happens
//   {"create": OPTIONS}             lets the device make a passkey: what the page would send
//   {"get": OPTIONS}                lets the device show one
//   {"verifies": true | false}      whether whoever holds the device knows its PIN from now on
//   {"copy": true}                  takes a copy of the passkeys in the device
//   {"restore": true}               puts the copy in the place of what is there
//
//   {"open": {"language": CODE, "width": PIXELS, "dark": true | false}}
//                                   a fresh window, in which nobody is signed in, takes its place
//   {"fill": {LABEL: TEXT}}         types into fields
//   {"click": [ROLE, NAME]}         clicks on what is called so, and waits for the next page
//   {"focus": LABEL}                clicks on the label of a field
//   {"press": KEY}                  presses a key
//   {"type": TEXT}                  types
//   {"counted": true}               how many clicks and presses there were, without what was typed
//   {"value": LABEL}                what stands in a field
//   {"says": TEXT}                  whether the page shows this
//   {"drafts": DAYS}                what this device keeps of forms, after it was made so much older
//   {"look": FILE}                  takes a picture of the whole page, and finds what is wrong with it
//
// What the browser refuses is answered as {"refused": NAME}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [path, executablePath, axe] = process.argv.slice(2);
const { chromium } = await import(path);

const browser = await chromium.launch({ executablePath });
let page = await browser.newPage();
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
let presses = 0;

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

// What a rule finds on the page, and whether it is wider than the window.
const judged = async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await window.axe.run(document, { runOnly: tags });
  const root = document.documentElement;
  return {
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`),
    wider_by: root.scrollWidth - root.clientWidth,
    language: root.lang,
    direction: getComputedStyle(document.body).direction,
    loaded: performance.getEntriesByType("resource").map(({ name }) => name),
    title: document.title,
  };
};

// What is kept, as far as it can be read without a key; first it is made older.
const kept = async (days) => {
  const finished = (request) =>
    new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  const database = await finished(indexedDB.open("concord", 1));
  if (!database.objectStoreNames.contains("drafts")) return [];
  const store = database.transaction("drafts", "readwrite").objectStore("drafts");
  const all = await finished(store.getAll());
  const keys = await finished(store.getAllKeys());
  all.forEach((draft, at) => {
    store.put({ ...draft, at: draft.at - days * 24 * 60 * 60 * 1000 }, keys[at]);
  });
  database.close();
  const text = (buffer) => new TextDecoder("latin1").decode(buffer);
  return all.map((draft) => `${JSON.stringify(draft)} ${text(draft.sealed)}`);
};

const things = {
  go: async (address) => ({ status: (await page.goto(address)).status() }),
  open: async ({ language, width, dark }) => {
    await page.context().close();
    const context = await browser.newContext({
      locale: language,
      viewport: { width, height: 800 },
      colorScheme: dark ? "dark" : "light",
    });
    page = await context.newPage();
    return {};
  },
  fill: async (fields) => {
    for (const [label, text] of Object.entries(fields)) {
      await page.getByLabel(label, { exact: true }).fill(text);
    }
    return {};
  },
  click: async ([role, name]) => {
    presses += 1;
    await page.getByRole(role, { name, exact: true }).first().click();
    await page.waitForLoadState();
    return { address: page.url() };
  },
  focus: async (label) => {
    presses += 1;
    // A click on a list itself would unfold it.
    await page.locator("label").filter({ hasText: new RegExp(`^\\s*${label}\\s*$`) }).click();
    return {};
  },
  press: async (key) => {
    presses += 1;
    await page.keyboard.press(key);
    await page.waitForLoadState();
    return { address: page.url() };
  },
  type: async (text) => {
    await page.keyboard.type(text);
    return {};
  },
  value: async (label) => ({ value: await page.getByLabel(label, { exact: true }).inputValue() }),
  says: async (text) => ({ says: await page.getByText(text).isVisible() }),
  drafts: async (days) => ({ kept: await page.evaluate(kept, days) }),
  counted: async () => ({ presses }),
  look: async (picture) => {
    await page.screenshot({ path: picture, fullPage: true });
    await page.evaluate(readFileSync(axe, "utf8"));
    return page.evaluate(judged);
  },
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
