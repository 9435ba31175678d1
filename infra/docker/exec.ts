// Runs a program inside an assistant's container: its arguments as they are, never through a shell, and as its own
// user.
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";

const LONGEST_OUTPUT = 256 * 1024;

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `command` in a running container and waits for its end.
 * @throws Error when the engine refuses, the program takes longer than `timeoutMs` or says more than 256 KiB; what it
 * does inside then goes on.
 */
export async function runInside(
  container: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<Ran> {
  const docker = new Docker({ timeout: timeoutMs });
  const exec = await docker.getContainer(container).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const both = await exec.start({});
  try {
    const over = new AbortController();
    const [stdout, stderr] = await Promise.race([
      output(docker, both),
      sleep(timeoutMs, undefined, { signal: over.signal }).then(() => {
        throw new Error(`${command[0]} took longer than ${timeoutMs} ms.`);
      }),
    ]).finally(() => over.abort());
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? -1, stdout, stderr };
  } finally {
    both.destroy();
  }
}

async function output(docker: Docker, both: NodeJS.ReadWriteStream): Promise<[string, string]> {
  const streams = [new PassThrough(), new PassThrough()] as const;
  docker.modem.demuxStream(both, ...streams);
  both.on("end", () => streams.map((stream) => stream.end()));
  both.on("error", (error) => streams.map((stream) => stream.destroy(error)));
  const [stdout, stderr] = await Promise.all(streams.map(readAll));
  return [stdout ?? "", stderr ?? ""];
}

async function readAll(stream: PassThrough): Promise<string> {
  let text = "";
  for await (const piece of stream.setEncoding("utf8")) {
    text += piece;
    if (text.length > LONGEST_OUTPUT) throw new Error("The program said too much.");
  }
  return text;
}
