// Debian's packages, for what a fresh machine lacks. Only root on Debian, Ubuntu and their kin can install any.
import { readFile } from "node:fs/promises";
import { counted } from "../sentences.ts";
import { stepWithAdvice } from "./progress.ts";
import { run } from "./run.ts";

const LOCK_TIMEOUT_S = 120;

/** Whether packages can be installed here. */
export async function hasApt(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return process.getuid?.() === 0 && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
}

/** Installs packages, and of `whereKnown` those that this release has. @throws SetupError */
export async function aptInstall(
  what: string,
  packages: readonly string[],
  inherited: NodeJS.ProcessEnv,
  { whereKnown = [] }: { readonly whereKnown?: readonly string[] } = {},
): Promise<void> {
  const environment = { ...inherited, DEBIAN_FRONTEND: "noninteractive" };
  const advice = `Install ${packages.join(" and ")} by hand, or mend apt, and run this again.`;
  await stepWithAdvice(what, advice, async (report) => {
    let lines = 0;
    const onLine = (line: string) =>
      report(`${counted(++lines, "line")} of apt's output, now: ${line.slice(0, 60)}`);
    const wait = ["-o", `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`];
    await run("apt-get", [...wait, "update"], { environment, onLine });
    const known: string[] = [];
    for (const name of whereKnown) {
      if (/Candidate: \d/.test(await run("apt-cache", ["policy", name], { environment }))) known.push(name);
    }
    const install = [...wait, "install", "-y", "--no-install-recommends", ...packages, ...known];
    await run("apt-get", install, { environment, onLine });
  });
}
