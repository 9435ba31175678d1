// What a pod answers to GET /startupz, through an API server that is made up.
import type { Readable, Writable } from "node:stream";
import { KubeConfig, PortForward } from "@kubernetes/client-node";
import { expect, it, onTestFinished, vi } from "vitest";
import type { Cluster } from "../../../infra/kubernetes/client.ts";
import { askStarted } from "../../../infra/kubernetes/started.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

it.each([
  ["a word", '{"status":"started"}', { says: "started", isFit: true }],
  ["a page without end", "x".repeat(100_000), { says: "no JSON with a status", isFit: false }],
])("%s", async (_what, body, answer) => {
  const forwarding = vi.spyOn(PortForward.prototype, "portForward");
  onTestFinished(() => forwarding.mockRestore());
  forwarding.mockImplementation(async (...[, , , output, , input]: readonly unknown[]) => {
    const pod = output as Writable;
    (input as Readable).once("data", () => {
      pod.write(HEAD + body);
      if (body.startsWith("{")) pod.end();
    });
    return { terminate() {}, on() {} } as never;
  });
  const cluster = { config: new KubeConfig(), namespace: "one" } as Cluster;
  expect(await askStarted(cluster, "01940000-0000-7000-8000-000000000001")).toEqual(answer);
});
