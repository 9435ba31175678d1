// Whatever a pod sends, the connection to it through the API server is over with its answer.
import type { Readable, Writable } from "node:stream";
import { KubeConfig, PortForward } from "@kubernetes/client-node";
import { expect, it, onTestFinished, vi } from "vitest";
import { wholeText } from "../../../infra/assistant/whole-answer.ts";
import type { Cluster } from "../../../infra/kubernetes/client.ts";
import { wayInside } from "../../../infra/kubernetes/way-inside.ts";

it.each([
  ["a whole answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"],
  ["a body that breaks at once", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"],
  ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"],
  ["what is no HTTP", "SSH-2.0-x\r\n"],
])("%s", async (_what, text) => {
  const terminate = vi.fn();
  const forwarding = vi.spyOn(PortForward.prototype, "portForward");
  onTestFinished(() => forwarding.mockRestore());
  forwarding.mockImplementation(async (...[, , , output, , input]: readonly unknown[]) => {
    (input as Readable).once("data", () => (output as Writable).write(text));
    return { terminate, on() {} } as never;
  });
  const { endpoint, send } = wayInside({ config: new KubeConfig(), namespace: "one" } as Cluster, "id");
  const asked = send(endpoint, { signal: AbortSignal.timeout(5_000) });
  await asked.then(({ body }) => wholeText(body, 10)).catch(() => {});
  await expect.poll(() => terminate.mock.calls).toHaveLength(1);
});
