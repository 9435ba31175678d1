// The browser of the dashboard's tests: Debian's Chromium, installed by the tests' set-up where it can be.
import { aptInstall, hasApt } from "../../infra/toolchain/apt.ts";
import { SetupError } from "../../infra/toolchain/progress.ts";
import { which } from "../../infra/toolchain/search-path.ts";

/** The first is the same without windows: pages cost it three fifths of the CPU. */
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const STEP = "Finding a browser for the tests";

/** @throws SetupError where there is none, and none can be installed */
export async function ensureChromium(environment: NodeJS.ProcessEnv): Promise<void> {
  if (await findChromium(environment)) return;
  if (!(await hasApt()))
    throw new SetupError(
      STEP,
      "there is no Chromium on PATH.",
      "Install Chromium by your system's package manager.",
    );
  await aptInstall("Installing Chromium for the tests", ["chromium"], environment, {
    whereKnown: ["chromium-headless-shell"],
  });
  if (!(await findChromium(environment)))
    throw new SetupError(
      STEP,
      "apt has installed no Chromium.",
      "Install it by hand, so that it is on PATH.",
    );
}

/** Its path; undefined where there is none. */
export async function findChromium(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = await which(name, environment);
    if (path) return path;
  }
  return undefined;
}
