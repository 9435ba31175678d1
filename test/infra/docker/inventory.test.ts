// What doctor asks the engine for: lists once, then each deployment's parts by name. Of an engine that only counts.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { takeInventory } from "../../../infra/docker/inventory.ts";
import { DEPLOYMENT_LABEL } from "../../../infra/docker/names.ts";

const OWN = "01900000-0000-7000-8000-000000000001";
const OTHER = "01900000-0000-7000-8000-000000000002";
const labels = (id: string) => ({ Labels: { [DEPLOYMENT_LABEL]: id } });
const LISTS: Readonly<Record<string, unknown>> = {
  "/containers/json": [OWN, OTHER].map((id) => ({ Id: `c-${id}`, Names: [`/berth-${id}`], ...labels(id) })),
  "/networks": [OWN, OTHER].map((id) => ({ Id: `n-${id}`, Name: `berth-${id}`, ...labels(id) })),
  "/volumes": {
    Volumes: [
      { Name: `berth-${OWN}`, ...labels(OWN) },
      { Name: `berth-${OTHER}`, Labels: null },
      { Name: "somebody-else's", Labels: null },
    ],
  },
  "/info": { SecurityOptions: ["name=seccomp"] },
};

const folder = mkdtempSync(join(tmpdir(), "berth-inventory-"));
let engine: Server;
let count = 0;
let asked: string[] = [];
beforeEach(async () => {
  asked = [];
  engine = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    const filters = searchParams.get("filters");
    asked.push(filters?.includes(OWN) ? `${pathname} of one` : pathname);
    const inspected = { Id: pathname.split("/")[2], Name: "", Config: { Image: "i" } };
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(LISTS[pathname] ?? inspected));
  });
  // Another one for each test: connections to the one before may be kept.
  const socket = join(folder, `docker-${count++}.sock`);
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  vi.stubEnv("DOCKER_HOST", `unix://${socket}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("each list is read once, also that of volumes, and what nobody labelled is known by its name", async () => {
  const inventory = await takeInventory();
  expect(asked.toSorted()).toEqual(["/containers/json", "/info", "/networks", "/volumes"]);
  expect([...inventory.labelled.keys()]).toEqual([OWN, OTHER]);
  expect(inventory.labelled.get(OTHER)).toContain(`volume berth-${OTHER}`);
});

it("one deployment costs its own parts, whatever else the engine holds", async () => {
  const inventory = await takeInventory();
  asked = [];
  const { volumes, containers, networks } = await inventory.look(OWN, false);
  expect([volumes, containers.length, networks.length]).toEqual([[`berth-${OWN}`], 1, 1]);
  expect(asked.toSorted()).toEqual([`/containers/c-${OWN}/json`, "/images/i/json", `/networks/n-${OWN}`]);
});

it("one that has changed since is listed again, by its own label", async () => {
  const inventory = await takeInventory();
  asked = [];
  await inventory.look(OWN, true);
  expect(asked.filter((path) => path.endsWith("of one")).toSorted()).toEqual([
    ...["/containers/json of one", "/networks of one", "/volumes of one", "/volumes of one"],
  ]);
});
