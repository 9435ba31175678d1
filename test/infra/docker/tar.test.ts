import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { checksum } from "../../../infra/backups/tar-reader.ts";
import { renamed } from "../../../infra/docker/rename-archive.ts";
import { readTarFile, tarFile, tarFiles } from "../../../infra/docker/tar.ts";

it.each(["", "short", "x".repeat(512), "ю🦞".repeat(1000)])(
  "what tar unpacks is what went in (%#)",
  async (text) => {
    const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
    try {
      const owner = { uid: 1000, gid: 1000, mode: 0o600 };
      writeFileSync(join(folder, "a.tar"), await tarFile("a.json", text, owner));
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

it("several are unpacked as they went in, each with its own mode", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
  const owner = { uid: 1000, gid: 1000 };
  try {
    const files = [
      { name: "a.json", content: "{}", mode: 0o400, ...owner },
      { name: "plugin/b.mjs", content: "ю".repeat(1000), mode: 0o444, ...owner },
    ];
    writeFileSync(join(folder, "all.tar"), await tarFiles(files));
    execFileSync("tar", ["xf", "all.tar", "--no-same-owner"], { cwd: folder });
    for (const { name, content, mode } of files) {
      expect(readFileSync(join(folder, name), "utf8")).toBe(content);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(mode);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("ids beyond a header's fields are kept, also under another name", async () => {
  const id = 2_100_020_000;
  const packed = await tarFile("a.json", "{}", { uid: id, gid: id, mode: 0o400 });
  const copy = await buffer(renamed(Readable.from([packed]), { from: "a.json", to: "b.json", folder: "/" }));
  for (const archive of [packed, copy]) {
    const options = { input: archive, encoding: "utf8" } as const;
    const listed = execFileSync("tar", ["tvf", "-", "--numeric-owner"], options);
    expect(listed).toMatch(new RegExp(`^-r-------- ${id}/${id} .*[ab]\\.json\n$`));
  }
});

it("a name longer than 100 bytes is kept whole", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
  try {
    const name = `plugin/${"long".repeat(40)}.json`;
    const packed = await tarFile(name, "{}", { uid: 0, gid: 0, mode: 0o444 });
    writeFileSync(join(folder, "a.tar"), packed);
    expect(execFileSync("tar", ["tf", "a.tar"], { cwd: folder, encoding: "utf8" })).toBe(`${name}\n`);
    expect(String(await readTarFile(packed))).toBe("{}");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each(["ustar", "pax", "gnu"])("what tar packs as %s can be read", async (format) => {
  const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
  const name = format === "ustar" ? "a.json" : `${"long".repeat(40)}.json`;
  try {
    writeFileSync(join(folder, name), '{"a":1}');
    const packed = execFileSync("tar", [`--format=${format}`, "-cf", "-", name], { cwd: folder });
    expect(String(await readTarFile(packed))).toBe('{"a":1}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("a link, a folder and what is cut off are no file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-tar-"));
  try {
    writeFileSync(join(folder, "a.json"), '{"a":1}');
    execFileSync("sh", ["-c", "ln -s /etc/passwd link && mkdir folder"], { cwd: folder });
    const packed = (name: string) => execFileSync("tar", ["cf", "-", name], { cwd: folder });
    expect(await readTarFile(packed("link"))).toBeUndefined();
    expect(await readTarFile(packed("folder"))).toBeUndefined();
    expect(await readTarFile(packed("a.json").subarray(0, 515))).toBeUndefined();
    expect(await readTarFile(Buffer.alloc(10))).toBeUndefined();
    expect(await readTarFile(Buffer.from("no archive".repeat(100)))).toBeUndefined();
    expect(await readTarFile(Buffer.alloc(0))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("under another name no more is copied than there may be, whatever size a header names", async () => {
  const packed = await tarFile("a.json", "{}", { uid: 0, gid: 0, mode: 0o600 });
  const copy = await buffer(renamed(Readable.from([packed]), { from: "a.json", to: "b.json", folder: "/" }));
  expect(String(await readTarFile(copy))).toBe("{}");
  const large = Buffer.from(packed.subarray(0, 512));
  large.write(`${(64 * 1024 ** 2 + 1).toString(8).padStart(11, "0")}\0`, 124);
  large.write(`${checksum(large).toString(8).padStart(6, "0")}\0 `, 148);
  await expect(
    buffer(renamed(Readable.from([large]), { from: "a.json", to: "b.json", folder: "/" })),
  ).rejects.toThrow("a.json is larger than 64 MiB, and can't be kept aside");
});
