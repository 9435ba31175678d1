// A small root of this machine's Debian release, from apt's mirror: what an image stands on where no registry has a base.
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../../sentences.ts";
import { aptInstall } from "../../toolchain/apt.ts";
import { stepWithAdvice } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/run.ts";
import { which } from "../../toolchain/search-path.ts";

/** Needs root and apt. @param packages beside the essential ones @throws SetupError */
export async function makeDebianRoot(
  folder: string,
  packages: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (!(await which("debootstrap", environment)))
    await aptInstall("Installing debootstrap", ["debootstrap"], environment);
  const what = "Making a Debian root";
  await stepWithAdvice(what, "Check that apt's mirror can be reached and run this again.", async (report) => {
    const { release, mirror } = await aptSource(environment);
    let lines = 0;
    const args = ["--variant=minbase", `--include=${packages.join(",")}`, release, folder, mirror];
    const onLine = (line: string) =>
      report(`${counted(++lines, "line")} of debootstrap's, now: ${line.slice(0, 60)}`);
    await run("debootstrap", args, { onLine, environment });
    for (const dispensable of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"]) {
      await run("find", [join(folder, dispensable), "-mindepth", "1", "-delete"]);
    }
    // mkdtemp's own mode would keep the image's user out of its root.
    await chmod(folder, 0o755);
  });
}

/** This machine's release, and the mirror that its own apt uses for it. */
async function aptSource(environment: NodeJS.ProcessEnv): Promise<{ release: string; mirror: string }> {
  const osRelease = await readFile("/etc/os-release", "utf8");
  const release = /^VERSION_CODENAME="?([a-z]+)/m.exec(osRelease)?.[1];
  const format = ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"];
  const sources = (await run("apt-get", format, { environment })).split("\n").map((line) => line.split(" "));
  const [mirror] = sources.find(([, name, component]) => name === release && component === "main") ?? [];
  if (!release || !mirror?.startsWith("http"))
    throw new Error(`apt has no mirror for ${release ?? "this system"}.`);
  return { release, mirror };
}
