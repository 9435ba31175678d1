// What the kernel says of the host's memory.
import { expect, it } from "vitest";
import { memoryIn } from "../../../infra/docker/memory.ts";

it("all of it and what is free of it are read, in bytes", () => {
  const text = "MemTotal:       16303428 kB\nMemFree:          500000 kB\nMemAvailable:    8000000 kB\n";
  expect(memoryIn(text)).toEqual({ totalBytes: 16_303_428 * 1024, freeBytes: 8_000_000 * 1024 });
});

it.each(["", "MemTotal: 16 kB\n", "MemAvailable: 16 kB\n", "MemTotal: all of it\nMemAvailable: 16 kB\n"])(
  "nothing is known by %j",
  (text) => {
    expect(memoryIn(text)).toBeUndefined();
  },
);
