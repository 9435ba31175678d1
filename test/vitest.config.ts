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
  /support\/(docker|postgres|moto|registry|internet)\b|"docker", \[|\bnetns\b/,
  // Pulumi's SDK keeps the program that it runs in its modules.
  /@pulumi\/|support\/(pulumi-mocks|stand-in-stack)\b/,
];

const tests = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".test.ts") && !/^(faults|conversation|cluster)\//.test(name),
);

/**
 * Chromium breaks off what it loads whenever this host's network changes: while other tests make containers, it can't be used.
 * So those that use both run last, one after the other.
 */
const WITH_BROWSER = /support\/browser\.ts/;

type Group = "alone" | "together" | "browser" | "browser-and-docker";

function groupOf(name: string): Group {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const isLife = name.startsWith("e2e/");
  if (WITH_BROWSER.test(text)) return isLife ? "browser-and-docker" : "browser";
  const isAlone = isLife || CHANGES_ITS_PROCESS.some((pattern) => pattern.test(text));
  return isAlone ? "alone" : "together";
}

/**
 * @param groupOrder those of a later one wait for those before to end
 * @param maxWorkers for two cores: a file of test/e2e keeps six tenths of one busy, and waits for containers the rest of its time
 */
function project(name: Group, isolate: boolean, groupOrder = 0, maxWorkers = 3) {
  const include = tests.filter((test) => groupOf(test) === name).map((test) => `test/${test}`);
  return { extends: true as const, test: { name, isolate, include, maxWorkers, sequence: { groupOrder } } };
}

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export.
export default defineConfig({
  test: {
    ...OPTIONS,
    sequence: { sequencer: LongestFirst },
    projects: [
      project("alone", true),
      project("together", false),
      project("browser", true, 1),
      project("browser-and-docker", true, 2, 1),
    ],
  },
});
