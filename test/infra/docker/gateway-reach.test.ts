import { beforeEach, expect, it, vi } from "vitest";
import { gatewayReach } from "../../../infra/docker/gateway-reach.ts";
import type { HostRules } from "../../../infra/docker/host-rules/host-rules.ts";

const IN_PLACE: HostRules = { state: "in place" };
const host = vi.hoisted(() => ({
  reason: undefined as string | undefined,
  rules: { state: "in place" } as HostRules | Error,
  ports: [] as number[],
}));
vi.mock("../../../infra/docker/host-rules/engine-place.ts", () => ({ findReason: async () => host.reason }));
vi.mock("../../../infra/docker/host-rules/host-rules.ts", () => ({
  async lookAtHostRules(port: number) {
    host.ports.push(port);
    if (host.rules instanceof Error) throw host.rules;
    return host.rules;
  },
}));
beforeEach(() => Object.assign(host, { reason: undefined, rules: IN_PLACE, ports: [] }));

it("the names lead to the gateway where the host rules for its port are in place, or will be", async () => {
  expect(await gatewayReach(18_791, false)).toBe("names");
  host.rules = { state: "missing", advice: "Run: sudo …" };
  expect(await gatewayReach(18_790, true)).toBe("names");
  expect(host.ports).toEqual([18_791, 18_790]);
});

it.each([
  [
    "the engine is elsewhere",
    { reason: "The Docker engine is on another host." },
    "The Docker engine is on another host.",
  ],
  ["nobody sets the rules", { rules: { state: "missing", advice: "Run: sudo …" } }, "Run: sudo …"],
  ["iptables is not there", { rules: new Error("iptables is not installed.") }, "iptables is not installed."],
])("they don't where %s: that is said, with the way that remains", async (_what, found, sentence) => {
  Object.assign(host, found);
  const reach = await gatewayReach(18_790, false);
  expect(reach).toEqual({ whyNot: expect.stringMatching(/set BERTH_GATEWAY_URL\.$/) });
  expect(reach).toEqual({ whyNot: expect.stringContaining(sentence) });
});

it("nor where this process can't set them", async () => {
  host.rules = { state: "out of reach", advice: "Run: sudo …" };
  expect(await gatewayReach(18_790, true)).toEqual({ whyNot: expect.stringContaining("Run: sudo …") });
});
