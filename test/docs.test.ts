// The pages lead somewhere: every link and anchor, every path of this repository that they name. And every command in them is
// run by a test that is named there, or the page says that it was not run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { blocksOf } from "./support/pages.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TOP = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
const PAGES = [
  ...TOP,
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
/** Not wrapped, begun with what it answers: the changelog has a form of its own. */
const PROSE = PAGES.filter(({ path }) => path !== "CHANGELOG.md");
const LONGEST_README = 150;
/** What a page may name and a clone has not: made when Berth runs, or on the reader's machine. */
const MADE_LATER = /^(\.berth|docs\/berth\.d\.ts)/;

describe.each(PAGES)("$path", ({ path, text }) => {
  it("has links and anchors that lead somewhere", () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
    const broken = links.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(path, target));
    expect(broken).toEqual([]);
  });
  it("names files that exist", () => {
    const named = [...text.matchAll(/`((?:api|stacks|infra|test|docs)\/[\w./-]*)`/g)].map(
      ([, name]) => name ?? "",
    );
    expect(named.filter((name) => !MADE_LATER.test(name) && !existsSync(join(ROOT, name)))).toEqual([]);
  });
});

describe.each(PROSE)("$path", ({ path, text }) => {
  it("begins with its title and, in one paragraph, with what it answers", () => {
    const [title = "", blank, answer = ""] = text.split("\n");
    expect(title).toMatch(/^# \S/);
    expect(blank).toBe("");
    if (path !== "README.md") expect(answer).toMatch(/^For /);
  });
  it("wraps no paragraph", () => {
    const lines = withoutCode(text).split("\n");
    const isProse = (line = "") => line !== "" && !/^(#|\||- |\d+\. |<!--|\s)/.test(line);
    const wrapped = lines.filter((line, at) => at > 0 && isProse(line) && isProse(lines[at - 1]));
    expect(wrapped).toEqual([]);
  });
  it("says of every block of commands which test runs it, or that none does", () => {
    const odd = blocksOf(text).filter(({ after }) => !isAccountedFor(after));
    expect(odd).toEqual([]);
  });
  it("names tests that run its commands", () => {
    const missing = blocksOf(text).flatMap(({ commands, after }) => {
      const tests = /^<!-- run by/.test(after) ? (after.match(/test\/[\w./-]+\.ts/g) ?? []) : [];
      const texts = tests.map((name) => readFileSync(join(ROOT, name), "utf8"));
      if (tests.length === 0 || texts.some((test) => test.includes(`"${path}"`))) return [];
      return commands.filter((command) => !texts.some((test) => mentions(test, command)));
    });
    expect(missing).toEqual([]);
  });
});

it("README is short, and leads to every page", () => {
  const readme = PAGES.find(({ path }) => path === "README.md")?.text ?? "";
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(LONGEST_README);
  const unlinked = PAGES.filter(({ path }) => path !== "README.md" && !readme.includes(`](${path}`));
  expect(unlinked.map(({ path }) => path)).toEqual([]);
});

it("the changelog says of every version what to do before an upgrade, and begins with this one", () => {
  const changelog = PAGES.find(({ path }) => path === "CHANGELOG.md")?.text ?? "";
  const [, unreleased = "", ...versions] = changelog.split(/^## /m);
  expect(unreleased).toMatch(/^Unreleased\n/);
  expect(versions[0]).toMatch(
    new RegExp(`^${manifest.version.replaceAll(".", "\\.")} – \\d{4}-\\d\\d-\\d\\d\n`),
  );
  const silent = [unreleased, ...versions].filter((text) => !/^.*\n\n\*\*Before you upgrade/.test(text));
  expect(silent).toEqual([]);
});

it("docs/callbacks.md shows the receiver that the tests run", () => {
  const receiver = readFileSync(join(ROOT, "docs/examples/receiver.mjs"), "utf8");
  const page = PAGES.find(({ path }) => path === "docs/callbacks.md")?.text ?? "";
  expect(page).toContain(`\`\`\`js\n${receiver}\`\`\``);
});

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "");
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : relative(ROOT, join(ROOT, dirname(from), file));
  if (!existsSync(join(ROOT, path))) return false;
  if (anchor === undefined) return true;
  const page = PAGES.find((known) => known.path === path);
  return page !== undefined && anchorsOf(page.text).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

function isAccountedFor(after: string): boolean {
  return /^(<!-- run by test\/\S+\.ts|<!-- not run by a test: \S|Not run here[:.])/.test(after);
}

/** Whether a test has the command's own words: the program's name and what it is to do. */
function mentions(test: string, command: string): boolean {
  const bare = command
    .replace(/#.*$/gm, "")
    .replace(/^(sudo |eval "\$\()?(npm run -s berth -- )?/, "")
    .replace(/\)"\s*$/, "");
  const words = (bare.match(/^(--)?[a-z][\w-]*( [a-z][\w-]*)*/)?.[0] ?? "").split(" ").slice(0, 3);
  const isSaid = (word: string) => new RegExp(`["\`' ]${word}["\`' ]`).test(test);
  return words.length > 0 && words.every(isSaid);
}
