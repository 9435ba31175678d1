// What the engine reports in one try is that try's alone.
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, it } from "vitest";
import type { OperationEvent } from "../../../stacks/operations/operation-log.ts";
import { EngineFailed, withEvents } from "../../../stacks/pulumi/engine-events.ts";

const diagnostic = (message: string, severity = "error") =>
  ({ diagnosticEvent: { message, severity, ephemeral: false } }) as unknown as EngineEvent;
const outputs = (found: object) =>
  ({
    resOutputsEvent: { metadata: { type: "pulumi:pulumi:Stack", new: { outputs: found } } },
  }) as unknown as EngineEvent;

it("an error carries what the engine has reported, with the message of the CLI", async () => {
  const logged: OperationEvent[] = [];
  const failing = withEvents(
    async (onEvent) => {
      onEvent(diagnostic("the port is taken"));
      onEvent(diagnostic("by the way", "info"));
      throw new Error("code: 255");
    },
    (event) => logged.push(event),
  );
  const error = await failing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineFailed);
  expect(error).toMatchObject({ message: "code: 255", reported: ["the port is taken"] });
  expect(logged).toMatchObject([{ message: "the port is taken" }, { message: "by the way" }]);
});

it("a try after it begins without its errors and outputs", async () => {
  const fail = async () => {
    throw new Error("locked");
  };
  await expect(withEvents(fail, () => {})).rejects.toMatchObject({ reported: [] });
  const found = await withEvents(
    async (onEvent) => onEvent(outputs({ status: "active" })),
    () => {},
  );
  expect(found).toEqual({ status: "active" });
  expect(
    await withEvents(
      async () => {},
      () => {},
    ),
  ).toBe(null);
});
