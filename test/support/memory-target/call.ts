// One call of the world. As a program it makes the one that its argument names, for a deployment's stack.
import { json } from "node:stream/consumers";

/** @throws Error when nobody answers */
export async function callWorld<T>(url: string, name: string, asked: object, timeoutMs = 60_000): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(`${url}/${name}`, { method: "POST", body: JSON.stringify(asked), signal });
  return answer.json() as Promise<T>;
}

if (import.meta.main) {
  const { url, ...asked } = (await json(process.stdin)) as { url: string };
  await callWorld(url, process.argv[2] ?? "", asked);
}
