import { expect, it } from "vitest";
import { fargateSize } from "../../../infra/aws/fargate-size.ts";

it("spells a legal size as a task definition does", () => {
  expect(fargateSize(0.25, 512)).toEqual({ cpu: "256", memory: "512" });
  expect(fargateSize(1, 2048)).toEqual({ cpu: "1024", memory: "2048" });
  expect(fargateSize(4, 30 * 1024)).toEqual({ cpu: "4096", memory: "30720" });
  expect(fargateSize(8, 20 * 1024)).toEqual({ cpu: "8192", memory: "20480" });
  expect(fargateSize(16, 120 * 1024)).toEqual({ cpu: "16384", memory: "122880" });
});

it("refuses every other one and names the legal ones", () => {
  expect(() => fargateSize(3, 4096)).toThrow("has no size of 3 vCPU; it has 0.25, 0.5, 1, 2, 4, 8, 16");
  expect(() => fargateSize(0.25, 4096)).toThrow("with 0.25 vCPU it has 512, 1024, 2048 MiB");
  for (const [cpus, memoryMib] of [
    [1, 1024],
    [1, 2500],
    [2, 2048],
    [8, 17 * 1024],
    [16, 24 * 1024],
  ] as const) {
    expect(() => fargateSize(cpus, memoryMib)).toThrow(RangeError);
  }
});
