import { beforeEach, expect, it, vi } from "vitest";
import { gatewayReach } from "../../../infra/docker/gateway-reach.ts";

const host = vi.hoisted(() => ({
  reason: undefined as string | undefined,
  finding: undefined as string | undefined,
  ports: [] as number[],
}));
vi.mock("../../../infra/docker/host-rules/engine-place.ts", () => ({ findReason: async () => host.reason }));
vi.mock("../../../infra/docker/host-rules/host-rules.ts", () => ({
  async hostRulesFinding(port: number) {
    host.ports.push(port);
    return host.finding;
  },
}));
beforeEach(() => Object.assign(host, { reason: undefined, finding: undefined, ports: [] }));

it("the names lead to the gateway where the host rules for its port are in place", async () => {
  expect(await gatewayReach()).toBe("names");
  expect(await gatewayReach(18_791)).toBe("names");
  expect(host.ports).toEqual([18_790, 18_791]);
});

it.each([
  ["the engine is elsewhere", { reason: "The Docker engine is on another host." }],
  ["the rules are not in place", { finding: "The host rules are not in place. Run: sudo …" }],
])("they don't where %s: that is said, with the way that remains", async (_what, found) => {
  Object.assign(host, found);
  const [sentence = ""] = Object.values(found);
  const reach = await gatewayReach();
  expect(reach).toEqual({ whyNot: expect.stringMatching(/set BERTH_GATEWAY_URL\.$/) });
  expect(reach).toEqual({ whyNot: expect.stringContaining(sentence) });
});
