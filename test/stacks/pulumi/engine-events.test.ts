// What the engine reports in one try is that try's alone.
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, it } from "vitest";
import { remarkLine } from "../../../infra/assistant/remarks.mjs";
import type { OperationEvent } from "../../../stacks/operations/operation-log.ts";
import { EngineFailed, withEvents } from "../../../stacks/pulumi/engine-events.ts";

const diagnostic = (message: string, severity = "error") =>
  ({ diagnosticEvent: { message, severity, ephemeral: false } }) as unknown as EngineEvent;
const outputs = (found: object) =>
  ({
    resOutputsEvent: { metadata: { type: "pulumi:pulumi:Stack", new: { outputs: found } } },
  }) as unknown as EngineEvent;

const ran = (op: string, stdout: string) =>
  ({
    resOutputsEvent: {
      metadata: { type: "command:local:Command", op, urn: "a::settings", new: { outputs: { stdout } } },
    },
  }) as unknown as EngineEvent;

it("what a program of the stack remarks is logged and passed on, when it has run and not else", async () => {
  const logged: OperationEvent[] = [];
  const passed: unknown[] = [];
  const remark = { code: "SETTINGS_SET_ASIDE", message: "It is kept." };
  const output = `by the way\n${remarkLine(remark)}\n${remarkLine(remark).replace('"It', "{")}\n`;
  await withEvents(
    async (onEvent) => {
      for (const op of ["same", "replace", "create-replacement", "refresh"]) onEvent(ran(op, output));
    },
    (event) => logged.push(event),
    (found) => passed.push(found),
  );
  expect(passed).toEqual([remark]);
  const warnings = logged.filter(({ kind }) => kind === "diagnostic");
  expect(warnings).toEqual([{ kind: "diagnostic", severity: "warning", message: "It is kept." }]);
});

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
