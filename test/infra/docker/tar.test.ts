import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readTarFile, tarFile } from "../../../infra/docker/tar.ts";

it.each(["", "short", "x".repeat(512), "ю🦞".repeat(1000)])(
  "what tar unpacks is what went in (%#)",
  (text) => {
    const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
    try {
      writeFileSync(join(folder, "a.tar"), tarFile("a.json", text, { uid: 1000, gid: 1000, mode: 0o600 }));
      const listed = execFileSync("tar", ["tvf", "a.tar", "--numeric-owner"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(listed).toMatch(/^-rw------- 1000\/1000/);
      execFileSync("tar", ["xf", "a.tar", "--no-same-owner"], { cwd: folder });
      expect(readFileSync(join(folder, "a.json"), "utf8")).toBe(text);
      expect(statSync(join(folder, "a.json")).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

it("what tar packs can be read, and a link or a folder is no file", () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
  try {
    writeFileSync(join(folder, "a.json"), '{"a":1}');
    execFileSync("sh", ["-c", "ln -s /etc/passwd link && mkdir folder"], { cwd: folder });
    const packed = (name: string) => execFileSync("tar", ["cf", "-", name], { cwd: folder });
    expect(readTarFile(packed("a.json"))).toBe('{"a":1}');
    expect(readTarFile(packed("link"))).toBeUndefined();
    expect(readTarFile(packed("folder"))).toBeUndefined();
    expect(readTarFile(packed("a.json").subarray(0, 515))).toBeUndefined();
    expect(readTarFile(Buffer.alloc(10))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
