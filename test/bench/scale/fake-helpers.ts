// Berth's own helper containers in the fake engine: what is started prints what measuring an assistant's data prints, after
// as long as Docker takes to start one, and is gone then.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { DOOR_LABEL } from "../../../infra/docker/names.ts";
import { type Filters, filtersIn } from "./fake-containers.ts";

const STARTS_WITHIN_MS = 250;
const PRINTED = [
  "Filesystem 1024-blocks Used Available Capacity Mounted on\n",
  "/dev/fake 100000000 20000000 80000000 20% /data\n",
  "2048\t/data\n0\n0\n40\n",
].join("");

type Tell = (action: string, id: string, attributes: Readonly<Record<string, string>>) => void;

export class FakeHelpers {
  readonly #tell: Tell;
  readonly #labels = new Map<string, Record<string, string>>();
  readonly #attached = new Map<string, ServerResponse>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A list of containers: none where helpers are asked for, as each goes when it has ended. */
  orElse(query: URLSearchParams, list: (filters: Filters) => object[]): object[] {
    const filters = filtersIn(query);
    return filters.label?.some((label) => label.startsWith(DOOR_LABEL)) ? [] : list(filters);
  }

  async handle(request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
    const [, id = "", deed = ""] = /^\/containers\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    if (path === "/containers/create") return this.#create(await text(request), response);
    request.resume();
    if (deed === "attach") {
      response.writeHead(200, { "Content-Type": "application/vnd.docker.raw-stream" }).flushHeaders();
      return void this.#attached.set(id, response);
    }
    if (deed === "start") void this.#run(id);
    response.writeHead(204).end();
  }

  #create(body: string, response: ServerResponse): void {
    const { Labels: labels = {} } = JSON.parse(body) as { Labels?: Record<string, string> };
    const id = randomBytes(32).toString("hex");
    this.#labels.set(id, labels);
    this.#tell("create", id, labels);
    response
      .writeHead(201, { "Content-Type": "application/json" })
      .end(JSON.stringify({ Id: id, Warnings: [] }));
  }

  async #run(id: string): Promise<void> {
    const labels = this.#labels.get(id) ?? {};
    await sleep(STARTS_WITHIN_MS);
    this.#tell("start", id, labels);
    const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(PRINTED.length, 4);
    this.#attached.get(id)?.end(Buffer.concat([header, Buffer.from(PRINTED)]));
    for (const action of ["die", "destroy"]) this.#tell(action, id, labels);
    this.#attached.delete(id);
    this.#labels.delete(id);
  }
}
