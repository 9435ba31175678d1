// Each target has a row in both tables: what is opened is watched.
import { expect, it } from "vitest";
import { TARGETS } from "../../../infra/targets.ts";
import { TARGET_WATCHES, watchOf } from "../../../stacks/watch/watchers.ts";

it("every target is watched", () => {
  expect([...TARGET_WATCHES.keys()]).toEqual([...TARGETS.keys()]);
});

it("a target that nothing watches stops the start of a worker", () => {
  expect(() => watchOf("swarm")).toThrow(
    'Nothing watches the target "swarm". Watched: docker, aws, kubernetes.',
  );
});
