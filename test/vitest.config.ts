// `npm test`. Files whose tests leave nothing behind in their process share the workers of one project, each of which
// loads the server's modules once; the others have a process of their own.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./longest-first.ts";
import { OPTIONS } from "./vitest-options.ts";

const FOLDER = import.meta.dirname;
/** What only a file with a process of its own may do: change what others of the process have, or measure the process. */
const CHANGES_ITS_PROCESS = [
  /\bvi\.(mock|doMock|hoisted|stubEnv|stubGlobal|useFakeTimers)\(/,
  /\bprocess\.(chdir|umask|on|once)\(/,
  /\bprocess\.env\.\w+ = |\bdelete process\.env|\bObject\.assign\(process\.env/,
  /\bmemoryUsage\b|\.trust\(\)/,
  // What listens to an engine or to a database of its own may outlive its tests.
  /support\/(docker|postgres|moto(-foundation)?|registry|internet(-program)?|browser)\.ts|"docker", \[|\bnetns\b/,
  // Pulumi's SDK keeps the program that it runs in its modules.
  /^import (?!type ).* from "@pulumi\/(?!pulumi\/proto\/)|support\/(pulumi-mocks|stand-in-stack)\.ts/m,
];

const tests = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".test.ts") && !/^(faults|conversation|cluster)\//.test(name),
);

type Group = "alone" | "together";

function groupOf(name: string): Group {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const isAlone = name.startsWith("e2e/") || CHANGES_ITS_PROCESS.some((pattern) => pattern.test(text));
  return isAlone ? "alone" : "together";
}

function project(name: Group, isolate: boolean) {
  const include = tests.filter((test) => groupOf(test) === name).map((test) => `test/${test}`);
  return { extends: true as const, test: { name, isolate, include } };
}

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    // For two cores: a file of test/e2e keeps four tenths of one busy, and waits for containers the rest of its time.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    projects: [project("alone", true), project("together", false)],
  },
});
