// @ts-check
// An assistant as far as Berth calls it, for an image with a real Node: it answers as OpenClaw with Berth's plugin does, from its
// settings and secrets. What it is to say stands in a file of its data, `told.json`, which tests write.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const DATA = "/home/node/.openclaw";
const TOLD = `${DATA}/told.json`;
const QUIET = {
  lastMessageAt: null,
  lastAnswerAt: null,
  waitingSince: null,
  failure: null,
  channel: { isConnected: true, hasFailed: false, hasGivenUp: false, isContested: false },
};

const settings = () => readFileSync(`${DATA}/openclaw.json`, "utf8");
const secrets = () => JSON.parse(readFileSync(JSON.parse(settings()).secrets.providers.berth.path, "utf8"));
const told = () => (existsSync(TOLD) ? JSON.parse(readFileSync(TOLD, "utf8")) : {});

/** @type {Record<string, (body: string) => { status?: number, body: object }>} */
const CALLS = {
  "GET /startupz": () => ({ body: { ok: true, status: "started" } }),
  "GET /healthz": () => ({ body: { ok: true, status: "live" } }),
  "GET /readyz": () => ({ body: told().ready ?? { ready: true } }),
  "GET /berth/status": () => ({ body: { ...QUIET, ...told().status } }),
  "GET /berth/pairings": () => ({ body: { pairings: told().pairings ?? [] } }),
  "GET /berth/settings": () => {
    const given = settings();
    const isValid = !given.includes("refused");
    const revision = createHash("sha256").update(given).digest("hex");
    return {
      body: { isValid, problems: isValid ? [] : ["agents: refused on purpose"], revision, isInForce: isValid },
    };
  },
  "POST /berth/pairings/approve": (body) => {
    const { pairings = [], ...others } = told();
    const { requestId } = JSON.parse(body);
    const left = pairings.filter((/** @type {{ requestId: string }} */ one) => one.requestId !== requestId);
    if (left.length === pairings.length) return { status: 409, body: { error: "nobody waits" } };
    writeFileSync(TOLD, JSON.stringify({ ...others, pairings: left }));
    return { body: { isNotified: true } };
  },
};
const OPEN = ["GET /startupz", "GET /healthz"];

createServer(async (request, response) => {
  const name = `${request.method} ${request.url}`;
  const body = await text(request);
  const isKnown = OPEN.includes(name) || request.headers.authorization === `Bearer ${secrets().gateway}`;
  const call = isKnown ? CALLS[name] : () => ({ status: 401, body: {} });
  const answer = call?.(body) ?? { status: 404, body: {} };
  response.writeHead(answer.status ?? 200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(answer.body));
}).listen(18_789);
process.once("SIGTERM", () => process.exit(0));
console.log("an assistant that speaks has started");
