// The tour of the README with the types that openapi-typescript made from the document alone.
//
//     node tour.js ADDRESS LOGIN PASSWORD

import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./concord.js";

type Flag = components["schemas"]["Flag"];

const operation = "exercise";
const path = { operation };

/** What was answered; a problem is thrown. */
function answered<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/** The one flag that says that two asks are opposed. */
function onlyContradiction(flags: Flag[]): Flag {
  const found = flags.filter((flag) => flag.kind === "contradiction");
  assert.equal(found.length, 1);
  return found[0]!;
}

async function tour(baseUrl: string, login: string, password: string): Promise<void> {
  const client = createClient<paths>({ baseUrl });
  const token = answered(await client.POST("/v1/tokens", { body: { login, password } }));
  if (!("access_token" in token)) {
    throw new Error("these accounts have no second factor");
  }
  client.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token.access_token}`);
      return request;
    },
  });
  assert.equal(answered(await client.GET("/v1/me")).login, login);

  const day = (days: number): string =>
    new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const line = {
    organization: "rtw",
    armed_actor: "ufv-sefa",
    level: "tactical",
    method: "negotiation",
    from: day(0),
    places: ["XT030102"],
    asks: [
      {
        issue: "access.movement.checkpoints",
        action: "remove_checkpoint",
        terms: { route: "Sefa bridge road" },
      },
    ],
  } satisfies Partial<components["schemas"]["NewEngagement"]>;

  const checked = answered(
    await client.POST("/v1/operations/{operation}/checks", {
      params: { path },
      body: { ...line, until: day(30), purpose: "A meeting at the bridge" },
    }),
  );
  onlyContradiction(checked.flags);
  assert.match(checked.note, /clearance/);

  const logged = answered(
    await client.POST("/v1/operations/{operation}/engagements", {
      params: { path },
      body: { ...line, status: "ongoing", until: day(30), audience: "operation" },
    }),
  );
  const id = onlyContradiction(logged.flags).id;
  assert.ok(id);
  assert.equal(logged.restricted.length, 1);

  const read = answered(
    await client.GET("/v1/operations/{operation}/flags/{id}", { params: { path: { operation, id } } }),
  );
  assert.equal(read.flag.state, "open");
  assert.ok(read.flag.because.some((because) => because.sentence.includes("opposed")));

  const taken = answered(
    await client.POST("/v1/operations/{operation}/flags/{id}/steps", {
      params: { path: { operation, id } },
      body: { state: "acknowledged", note: "We call Safe Harbour first." },
    }),
  );
  assert.equal(taken.flag.state, "acknowledged");

  const brief = answered(
    await client.POST("/v1/operations/{operation}/briefs", {
      params: { path },
      body: { armed_actor: "ufv-sefa", place: "XT030102" },
    }),
  );
  // It can also be had as a page.
  assert.ok(typeof brief !== "string");
  assert.equal(brief.armed_actor.actor.name, "UFV Sefa Bridge post");
  assert.ok(brief.flags.some((flag) => flag.kind.code === "contradiction"));
}

const [address, login, password] = process.argv.slice(2);
assert.ok(address && login && password);
await tour(address, login, password);
console.log("the tour is done");
