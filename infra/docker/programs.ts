// The small programs that a stack's command resources run, by the names of their files in commands/. For the plain CLI each is
// a process of its own; the process of an operation, which has loaded them already, runs them itself.
import type { ProgramEnd, Programs } from "../target-row.ts";

/** Each takes what it reads on stdin. What it throws is an error with a sentence. */
export const programs = {
  async probe(input: string): Promise<ProgramEnd> {
    const { probe } = await import("./probe.ts");
    return probe(JSON.parse(input));
  },
  async "write-settings"(input: string): Promise<ProgramEnd> {
    const { writeSettings } = await import("./settings-writer.ts");
    return writeSettings(JSON.parse(input));
  },
};

/** All of them loaded, by the paths by which commands name them. */
export async function residents(): Promise<Programs> {
  await Promise.all([import("./probe.ts"), import("./settings-writer.ts")]);
  const byPath = Object.entries(programs).map(([name, run]) => [`infra/docker/commands/${name}.ts`, run]);
  return Object.fromEntries(byPath);
}
