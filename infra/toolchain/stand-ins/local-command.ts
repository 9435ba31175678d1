// `command:local:Command`
import { randomBytes } from "node:crypto";
import type { local } from "@pulumi/command";
import { diffInputs } from "./diff.ts";
import type { Properties, ResourceKind } from "./resource-kind.ts";
import { runCommand } from "./run-command.ts";
import { checkInputs, plainInputs, type SchemaOf, stringMap, strings } from "./schema.ts";

const SCHEMA = {
  addPreviousOutputInEnv: { implied: true, change: "update" },
  create: { change: "update" },
  delete: { change: "update" },
  dir: { change: "update" },
  environment: { change: "update" },
  interpreter: { change: "update" },
  logging: { change: "update" },
  stdin: { change: "update" },
  triggers: { change: "replace" },
  update: { change: "update" },
} as const satisfies SchemaOf<local.CommandArgs>;

const NO_OUTPUT = { stdout: "", stderr: "" };
/** Linux takes at most 128 KiB for one variable; a character is at most three bytes. */
const MAX_VARIABLE_CHARS = 32 * 1024;

/** @param cancelled ends the commands that run, with all that they started */
export function localCommand(cancelled: AbortSignal): ResourceKind {
  const run = async (command: unknown, inputs: Properties, before: Properties = NO_OUTPUT) => {
    const { stdout = "", stderr = "" } = before;
    if (typeof command !== "string") return { ...plainInputs(inputs), stdout, stderr };
    const previous = inputs.addPreviousOutputInEnv !== false && {
      ...(stdout && { PULUMI_COMMAND_STDOUT: String(stdout).slice(-MAX_VARIABLE_CHARS) }),
      ...(stderr && { PULUMI_COMMAND_STDERR: String(stderr).slice(-MAX_VARIABLE_CHARS) }),
    };
    const ended = await runCommand({
      command,
      interpreter: inputs.interpreter ? strings(inputs.interpreter) : ["/bin/sh", "-c"],
      directory: inputs.dir ? String(inputs.dir) : undefined,
      environment: { ...stringMap(inputs.environment), ...previous },
      stdin: String(inputs.stdin ?? ""),
      cancelled,
    });
    return { ...plainInputs(inputs), ...ended };
  };
  return {
    deleteBeforeReplace: false,
    check(news) {
      // The official plugin of commands, unlike that of Docker, does not list the defaults.
      const { inputs, failures } = checkInputs(SCHEMA, news);
      return { inputs: plainInputs(inputs), failures };
    },
    diff: (old, news) => diffInputs(SCHEMA, old, news),
    create: async (inputs, name) => ({
      id: `${name}${randomBytes(4).toString("hex")}`,
      outputs: await run(inputs.create, inputs),
    }),
    read: async (_id, outputs) => outputs,
    update: (_id, news, outputs) => run(news.update ?? news.create, news, outputs),
    async delete(_id, outputs) {
      await run(outputs.delete, outputs, outputs);
    },
  };
}
