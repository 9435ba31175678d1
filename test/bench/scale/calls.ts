// The calls that are compared: what pages, scripts and monitoring ask of an installation again and again.
import { request } from "node:http";
import { API_KEY } from "../../support/berth.ts";
import type { Installation } from "./installation.ts";

const ASSISTANTS = "/api/v1/assistants";
/** Rows of a page: fewer than the small installation has of everything that is listed. */
const PAGE = 20;

/** One call, or some that a page makes together. */
export interface Measured {
  readonly name: string;
  /** What grows with the installation, and what bounds that; absent where nothing may. */
  readonly growth?: string;
  make(installation: Installation): Promise<void>;
}

export const CALLS: readonly Measured[] = [
  one("list, first page", () => `${ASSISTANTS}?limit=${PAGE}`),
  one("list, last page", (at) => `${ASSISTANTS}?limit=${PAGE}&cursor=${oldOne(at)}`),
  one("list, by state", () => `${ASSISTANTS}?limit=5&status=active`),
  {
    ...one("list, search", (at) => `${ASSISTANTS}?search=${nameOf(at)}`),
    growth: "reads the account's rows",
  },
  { ...one("totals", () => `${ASSISTANTS}/totals`), growth: "counts the account's rows" },
  one("list of all accounts, first page", () => `/api/v1/fleet?limit=${PAGE}`, API_KEY),
  { ...one("totals of all accounts", () => "/api/v1/fleet/totals", API_KEY), growth: "counts all rows" },
  one("status", (at) => `${ASSISTANTS}/${activeOne(at)}/status`),
  one("usage of one", (at) => `${ASSISTANTS}/${activeOne(at)}/usage`),
  { ...one("usage of the account", () => "/api/v1/usage"), growth: "adds up the account's days" },
  { ...one("accounts", () => "/api/v1/accounts?limit=20", API_KEY), growth: "adds up each account's days" },
  { ...one("`/metrics`", () => "/metrics", API_KEY), growth: "a line for each measured assistant" },
  {
    ...one("doctor, a page", (at) => `/api/v1/doctor?limit=${PAGE}&cursor=${oldOne(at)}`, API_KEY),
  },
  {
    ...one("doctor, first page", () => `/api/v1/doctor?limit=${PAGE}`, API_KEY),
    growth: "looks for what is left over of all",
  },
  {
    name: "dashboard's first page",
    growth: "counts the account's rows",
    make: firstPage,
  },
  { name: "events of the account, until all is sent", growth: "sends each row", make: untilSeeded },
];

function one(name: string, path: (at: Installation) => string, key?: string): Measured {
  return { name, make: (at) => get(at, path(at), key ?? at.apiKey) };
}

async function get({ server }: Installation, path: string, key: string): Promise<void> {
  const response = await fetch(server.url + path, { headers: { "X-API-Key": key } });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 500)}`);
}

/** As a browser makes them: who is signed in, then the rows, the totals and the stream, side by side. Until the rows are there. */
async function firstPage(at: Installation): Promise<void> {
  await get(at, "/api/v1/session", at.apiKey);
  const events = openEvents(at);
  await Promise.all(
    [`${ASSISTANTS}?limit=50`, `${ASSISTANTS}/totals`].map((path) => get(at, path, at.apiKey)),
  );
  events.close();
}

async function untilSeeded(at: Installation): Promise<void> {
  const events = openEvents(at);
  await events.seeded.finally(events.close);
}

/** Opens a stream. `seeded`: all that there is was sent. */
function openEvents({ server, apiKey }: Installation) {
  const headers = { "X-API-Key": apiKey };
  const { promise: seeded, resolve, reject } = Promise.withResolvers<void>();
  const asked = request(`${server.url}/api/v1/events`, { headers, agent: false }, (answer) => {
    let end = "";
    answer.setEncoding("utf8").on("data", (piece: string) => {
      end = (end + piece).slice(-200);
      if (end.includes("event: seeded")) resolve();
    });
  });
  asked.on("error", reject).end();
  // Nobody may wait for it.
  seeded.catch(() => {});
  return { seeded, close: () => void asked.destroy() };
}

/** Of the largest account. Behind it there is a whole page. */
function oldOne({ members }: Installation): string {
  return members.filter(({ account }) => account === 0)[PAGE + 1]?.id ?? "";
}

function activeOne({ members }: Installation): string {
  return members.find(({ account, status }) => account === 0 && status === "active")?.id ?? "";
}

function nameOf(at: Installation): string {
  return activeOne(at).slice(-6);
}
