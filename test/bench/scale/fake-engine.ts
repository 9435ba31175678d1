// A fake Docker engine, as a process of its own: it answers over a socket as Docker does, and runs nothing. It takes the
// path of its socket, that of a file with a world's members, and the port at which its fake assistants answer.
import { readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fakeAssistants } from "./fake-assistants.ts";
import { FakeContainers } from "./fake-containers.ts";
import { FakeHelpers } from "./fake-helpers.ts";
import { IMAGE_ID, type Member } from "./world.ts";

const [socket = "", worldFile = ""] = process.argv.slice(2);
const members = JSON.parse(readFileSync(worldFile, "utf8")) as Member[];
const watching = new Set<ServerResponse>();
const counts = { requests: 0, bytes: 0, assistants: 0, unknown: [] as string[] };

const containers = new FakeContainers(members);
const helpers = new FakeHelpers(tell);

type Answer = unknown;
type Route = readonly [pattern: RegExp, answer: (path: RegExpExecArray, query: URLSearchParams) => Answer];

const INFO = {
  ...{ ID: "fake", Name: "fake-engine", ServerVersion: "0.0-fake", OperatingSystem: "none: nothing runs" },
  ...{ NCPU: 2, MemTotal: 8e9, SecurityOptions: ["name=seccomp,profile=builtin"], DefaultAddressPools: [] },
};
const GET: readonly Route[] = [
  [/^\/info$/, () => INFO],
  [/^\/version$/, () => ({ Version: "0.0-fake", ApiVersion: "1.41" })],
  [/^\/containers\/json$/, (_, query) => helpers.orElse(query, (filters) => containers.list(filters))],
  [/^\/containers\/([^/]+)\/json$/, ([, id = ""]) => containers.inspect(id)],
  [/^\/containers\/([^/]+)\/logs$/, ([, id = ""]) => (containers.inspect(id) ? "" : undefined)],
  [/^\/containers\/([^/]+)\/stats$/, ([, id = ""]) => containers.stats(id)],
  [/^\/networks(?:\/json)?$/, (_, query) => containers.networks(query)],
  [/^\/networks\/([^/]+)$/, ([, id = ""]) => containers.network(id)],
  [/^\/volumes$/, (_, query) => containers.volumes(query)],
  [/^\/volumes\/([^/]+)$/, ([, name = ""]) => containers.volume(name)],
  [/^\/images\/json$/, () => []],
  [/^\/images\/(.+)\/json$/, () => ({ Id: IMAGE_ID, RepoTags: [], RepoDigests: [], Config: { Labels: {} } })],
];

/** To who follows the events. */
function tell(action: string, id: string, attributes: Readonly<Record<string, string>>): void {
  const at = Date.now();
  const event = {
    Type: "container",
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    time: at / 1000,
  };
  for (const response of watching) response.write(`${JSON.stringify(event)}\n`);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  counts.requests++;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://engine");
  const path = decodeURIComponent(pathname.replace(/^\/v1\.\d+/, ""));
  if (path === "/_ping") return void response.end("OK");
  if (path === "/events") return void follow(response);
  if (request.method !== "GET") return helpers.handle(request, path, response);
  for (const [pattern, answer] of GET) {
    const found = pattern.exec(path);
    if (found) return send(response, answer(found, searchParams));
  }
  counts.unknown.push(`${request.method} ${path}`);
  send(response, undefined);
}

function follow(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
  watching.add(response);
  response.once("close", () => watching.delete(response));
}

function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer ?? { message: "no such thing" });
  counts.bytes += text.length;
  response.writeHead(answer === undefined ? 404 : 200, { "Content-Type": "application/json" }).end(text);
}

rmSync(socket, { force: true });
const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    // Of a loaded host Berth gives up a call in the middle.
    if (!request.socket.destroyed) throw error;
  });
});
server.listen(socket, async () => {
  const port = await fakeAssistants(() => counts.assistants++);
  process.send?.({ port });
});
/** `end`: so many containers end at this moment. Anything else asks what was counted. */
process.on("message", (wanted: { readonly end?: number }) => {
  if (wanted.end === undefined) return void process.send?.(counts);
  for (const { id, attributes } of containers.end(wanted.end)) tell("die", id, attributes);
  process.send?.({ ended: wanted.end });
});
process.on("disconnect", () => process.exit());
