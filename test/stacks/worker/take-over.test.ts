// An activation whose assistant waits: when its container stays, and when it is made anew.
import { beforeEach, expect, it, vi } from "vitest";
import type { AssistantOutputs } from "../../../infra/args.ts";
import type { StepResult } from "../../../stacks/pulumi/messages.ts";
import type { AttemptContext } from "../../../stacks/worker/attempt.ts";
import { takeOver } from "../../../stacks/worker/take-over.ts";

const { polls } = vi.hoisted(() => ({ polls: { now: true } }));
vi.mock("../../../infra/assistant/until-polling.ts", () => ({ untilPolling: async () => polls.now }));
vi.mock("../../../stacks/deployments/plugin-address.ts", () => ({
  addressOf: () => ({ endpoint: "http://127.0.0.1:1", gatewayToken: "g" }),
}));

const OUTPUTS: AssistantOutputs = {
  status: "active",
  replicas: 1,
  containerId: "waited",
  endpoint: "http://127.0.0.1:20000",
  image: "i",
  network: "n",
  volume: "v",
};
const SUCCEEDED = { state: "succeeded", outputs: OUTPUTS } as const;
const cause = { code: "SETTINGS_NOT_TAKEN", message: "The assistant refuses its settings." };

beforeEach(() => {
  polls.now = true;
});

/** The result, and which containers were asked for. */
async function taken(first: StepResult<AssistantOutputs>, attempt = 1) {
  const containers: unknown[] = [];
  const said: string[] = [];
  const anew = { ...SUCCEEDED, outputs: { ...OUTPUTS, containerId: "new" } };
  const context = {
    operation: { attempt },
    deployment: { outputs: { ...OUTPUTS, status: "waiting" } },
    attempt: {
      up: async ({ container }: { readonly container: unknown }) => {
        containers.push(container);
        return container === "new" ? anew : first;
      },
      here: async (act: (signal: AbortSignal) => Promise<unknown>) => ({
        state: "done",
        value: await act(new AbortController().signal),
      }),
      say: (text: string) => said.push(text),
    },
  } as unknown as AttemptContext;
  return { result: await takeOver(context, "i"), containers, said };
}

it("its container stays once it goes by the settings and reads its bot's messages", async () => {
  expect(await taken(SUCCEEDED)).toEqual({ result: SUCCEEDED, containers: ["takes over"], said: [] });
});

it("a container that the stack has replaced by itself has said that it has started: it is asked nothing", async () => {
  polls.now = false;
  const replaced = { ...SUCCEEDED, outputs: { ...OUTPUTS, containerId: "another" } };
  expect(await taken(replaced)).toMatchObject({ result: replaced, containers: ["takes over"] });
});

it.each<[what: string, first: StepResult<AssistantOutputs>, doesPoll: boolean, attempt: number]>([
  ["does not read its bot's messages", SUCCEEDED, false, 1],
  ["refuses its settings", { state: "failed", cause, isUntouched: false }, true, 1],
])("one that %s is made anew in the same attempt", async (_what, first, doesPoll, attempt) => {
  polls.now = doesPoll;
  const { result, containers, said } = await taken(first, attempt);
  expect(containers).toEqual(["takes over", "new"]);
  expect(result).toMatchObject({ outputs: { containerId: "new" } });
  expect(said.join()).toContain("another one is started");
});

it("after an attempt that was cut off it is made anew at once", async () => {
  expect((await taken(SUCCEEDED, 2)).containers).toEqual(["new"]);
});

it.each<StepResult<AssistantOutputs>>([
  { state: "failed", cause, isUntouched: true },
  { state: "cancelled" },
  { state: "interrupted", why: "its process died" },
])("what has touched nothing, or is to be done again, is left at that: $state", async (first) => {
  expect(await taken(first)).toEqual({ result: first, containers: ["takes over"], said: [] });
});
