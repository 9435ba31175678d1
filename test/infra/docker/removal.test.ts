// Which containers of a deployment are removed before Pulumi is started: every case, on every kind of container.
import { expect, it } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { type Candidate, isToBeRemoved } from "../../../infra/docker/removal.ts";
import type { Removal } from "../../../infra/target.ts";

const ID = crypto.randomUUID();
const CONTAINERS = {
  own: container("own", {}),
  "own, paused": container("own", { State: "paused" }),
  "own, renamed": container("own", { Names: ["/another-name"] }),
  "own, restarted often": container("own", { restarts: async () => 5 }),
  "own, restarted": container("own", { restarts: async () => 4 }),
  stranger: container("stranger", {}),
};
const OUT_OF_ORDER = ["own, paused", "own, renamed", "own, restarted often"];

it.each<[Removal, readonly string[]]>([
  [{ which: "none" }, []],
  [{ which: "every" }, Object.keys(CONTAINERS)],
  [{ which: "strangers", own: "own" }, ["stranger"]],
  [{ which: "strangers", own: null }, Object.keys(CONTAINERS)],
  [{ which: "out of order" }, OUT_OF_ORDER],
  [{ which: "strangers and out of order", own: "own" }, [...OUT_OF_ORDER, "stranger"]],
  [{ which: "strangers and out of order", own: null }, Object.keys(CONTAINERS)],
])("%j", async (removal, removed) => {
  const found: string[] = [];
  for (const [name, candidate] of Object.entries(CONTAINERS))
    if (await isToBeRemoved(candidate, removal, ID)) found.push(name);
  expect(found).toEqual(removed);
});

it("asks the engine about restarts only where they decide", async () => {
  const asked = container("stranger", { restarts: () => Promise.reject(new Error("asked")) });
  expect(await isToBeRemoved(asked, { which: "strangers and out of order", own: "own" }, ID)).toBe(true);
  await expect(isToBeRemoved(asked, { which: "out of order" }, ID)).rejects.toThrow("asked");
});

function container(Id: string, odd: Partial<Candidate>): Candidate {
  return { Id, Names: [`/${resourceName(ID)}`], State: "running", restarts: async () => 0, ...odd };
}
