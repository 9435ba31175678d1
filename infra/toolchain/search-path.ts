// Programs on PATH, and the PATH of what Berth starts.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Executables of that name on PATH, in its order. */
export async function allOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const folders = new Set((environment.PATH ?? "").split(delimiter).filter(Boolean));
  const paths = [...folders].map((folder) => join(folder, name));
  const areExecutable = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, index) => areExecutable[index]);
}

/** First executable of that name on PATH. */
export async function which(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return (await allOnPath(name, environment))[0];
}

/** root's programs are in folders that a PATH may lack. */
export function withSbin(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, PATH: [environment.PATH, "/usr/sbin", "/sbin"].filter(Boolean).join(delimiter) };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
