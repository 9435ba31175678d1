// What passes through an archive: names as bytes, sums that tell two trees apart, and limits of what strangers name. The
// archives are GNU tar's and tar-stream's own; no engine is needed.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checked, type Limits } from "../../../infra/backups/contents.ts";
import { assertSame, Summing, type Sums } from "../../../infra/backups/sums.ts";
import { movedInto } from "../../../infra/backups/tar-at-root.ts";
import { ownedBy } from "../../../infra/backups/tar-owner.ts";
import { BLOCK, checksum, type TarEntry, TarReader } from "../../../infra/backups/tar-reader.ts";

const MIB = 1024 * 1024;
const FORMATS = ["posix", "gnu"] as const;
const folder = mkdtempSync(join(tmpdir(), "berth-archive-"));
const state = join(folder, ".openclaw");
/** Of one byte for each character, as the reader has them. */
const NAMES = ["\xff", "\xfe", "line\nend", "quote'\"", "n".repeat(250), "\xfcn\xef"];

beforeAll(() => {
  mkdirSync(state);
  for (const name of NAMES)
    writeFileSync(
      Buffer.concat([Buffer.from(`${state}/`), Buffer.from(name, "latin1")]),
      `in ${name.slice(0, 9)}`,
    );
  const script = `mkdir -p deep/er "$(printf 'd%.0s' $(seq 120))/$(printf 'e%.0s' $(seq 120))"; echo x > deep/er/a
    ln deep/er/a hard; ln -s ../../../../usr/bin/env out; ln -s /nowhere away; mkfifo fifo; truncate -s 3M holes
    ln -s "$(printf 'l%.0s' $(seq 150))" long; chmod 4711 hard`;
  execFileSync("sh", ["-euc", script], { cwd: state });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function packed(format: (typeof FORMATS)[number], ...more: string[]): Buffer {
  const options = [`--format=${format}`, "--sort=name", ...more, "-cf", "-", ".openclaw"];
  return execFileSync("tar", options, { cwd: folder, maxBuffer: 100 * MIB });
}

async function made(entries: readonly (readonly [Partial<Header> & { name: string }, string?])[]) {
  const archive = pack();
  for (const [header, content = ""] of entries) archive.entry(header, content);
  archive.finalize();
  return buffer(archive);
}

/** The first header of an archive, with another size in it. */
function headerOf(archive: Buffer, size: number): Buffer {
  const block = Buffer.from(archive.subarray(0, BLOCK));
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** In pieces whose borders are nowhere those of the archive. */
function* inPieces(archive: Buffer, size = 1000): Generator<Buffer> {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}

function entriesOf(archive: Buffer, size?: number): TarEntry[] {
  const found: TarEntry[] = [];
  const reader = new TarReader({ onEntry: (entry) => found.push(entry) });
  for (const piece of inPieces(archive, size)) reader.push(piece);
  reader.end();
  return found;
}

async function sumsOf(archive: Buffer): Promise<Sums> {
  const summing = new Summing();
  for await (const _piece of summing.over(inPieces(archive)));
  return summing.sums;
}

async function look(archive: Buffer, limits: Partial<Limits> = {}) {
  const contents = { entries: 0, bytes: 0 };
  const all = { maxBytes: 100 * MIB, isNew: true, ...limits };
  for await (const _piece of checked(inPiecesAsync(archive), all, contents));
  return contents;
}

async function* inPiecesAsync(archive: Buffer): AsyncGenerator<Buffer> {
  yield* inPieces(archive, 64 * 1024);
}

describe.each(FORMATS)("an archive of tar's format %s", (format) => {
  it("is read with its names as bytes, however it is cut", () => {
    for (const size of [1, 511, 512, 65_536]) {
      const names = entriesOf(packed(format), size).map(({ name }) => name);
      for (const name of NAMES) expect(names).toContain(`.openclaw/${name}`);
      expect(new Set(names).size).toBe(names.length);
    }
    const of = (name: string) =>
      entriesOf(packed(format)).find((entry) => entry.name === `.openclaw/${name}`);
    expect(of("out")).toMatchObject({ type: "2", link: "../../../../usr/bin/env" });
    expect(of("long")).toMatchObject({ type: "2", link: "l".repeat(150) });
    expect(of("hard")).toMatchObject({ type: "1", link: ".openclaw/deep/er/a" });
    expect(of("deep/er/a")).toMatchObject({ type: "0", size: 2, mode: 0o4711 });
    expect(of("fifo")).toMatchObject({ type: "6" });
  });

  it("is the same archive in another folder", async () => {
    const moved = await buffer(movedInto("home/node", inPieces(packed(format))));
    const names = (archive: Buffer) => entriesOf(archive).map(({ name }) => name);
    expect(names(moved)).toEqual(names(packed(format)).map((name) => `home/node/${name}`));
    const into = mkdtempSync(join(folder, "into-"));
    execFileSync("tar", ["-xpf", "-"], { cwd: into, input: moved });
    const again = execFileSync("tar", ["--format=gnu", "--sort=name", "-cf", "-", ".openclaw"], {
      cwd: join(into, "home/node"),
      maxBuffer: 100 * MIB,
    });
    expect(await sumsOf(again)).toEqual(await sumsOf(packed(format)));
  });

  it("is the same archive of another user, and nothing of the one before is in it", async () => {
    const ownedByNumber = (id: number) => packed(format, `--owner=x:${id}`, `--group=y:${id}`);
    const given = await buffer(ownedBy(1000, inPieces(ownedByNumber(2_100_020_000))));
    expect(await sumsOf(given)).toEqual(await sumsOf(ownedByNumber(1000)));
    expect(entriesOf(given).map(({ name, link }) => [name, link])).toEqual(
      entriesOf(packed(format)).map(({ name, link }) => [name, link]),
    );
    const listed = execFileSync("tar", ["-tvf", "-"], { input: given, encoding: "latin1" }).split("\n");
    expect(listed.filter((line) => line.includes("/") && !line.includes(" 1000/1000 "))).toEqual([]);
    const again = await buffer(ownedBy(1000, inPieces(given)));
    expect(again.equals(given)).toBe(true);
  });

  it("has the same sums in another order, and others when anything is missing or different", async () => {
    const sums = await sumsOf(packed(format));
    expect(sums.bytes).toBeGreaterThan(3 * MIB);
    expect(await sumsOf(packed(format, "--sort=inode"))).toEqual(sums);
    for (const differing of [
      "--exclude=deep",
      "--exclude=fifo",
      "--mode=a+w",
      "--owner=12",
      "--transform=s/away/to/",
    ]) {
      const other = await sumsOf(packed(format, differing));
      expect(() => assertSame(sums, other), differing).toThrow(/^what was unpacked is not what was packed/);
    }
  });

  it("is refused when it is cut short anywhere, or goes on behind its end", () => {
    const whole = packed(format);
    const length = whole.length - 10 * 1024;
    for (const cut of [100, 512, 1024, length >> 1, length]) {
      expect(() => entriesOf(whole.subarray(0, cut)), String(cut)).toThrow(/cut short|no end/);
    }
    expect(() => entriesOf(Buffer.concat([whole, Buffer.from("x".repeat(512))]))).toThrow(/behind its end/);
    expect(() => entriesOf(Buffer.alloc(2048, "x"))).toThrow(/no tar archive/);
  });
});

describe("what may be backed up", () => {
  it("is everything that an assistant leaves, names that are no text beside links of such names included", async () => {
    expect((await look(packed("posix"))).entries).toBeGreaterThan(10);
    const name = (byte: number) => Buffer.from([...Buffer.from(".openclaw/"), byte]).toString("latin1");
    expect(name(0xfe)).not.toBe(name(0xff));
    execFileSync(
      "sh",
      ["-euc", `rm "$(printf '\\377')"; mkdir "$(printf '\\377')"; ln -sf x "$(printf '\\376')"`],
      {
        cwd: state,
      },
    );
    execFileSync("sh", ["-euc", `echo inside > "$(printf '\\377')/file"`], { cwd: state });
    expect((await look(packed("posix"))).entries).toBeGreaterThan(10);
  });

  it("is not more than the limit: a file that is larger is refused before any of it is read", async () => {
    // As the header says; nothing of it follows.
    const large = headerOf(await made([[{ name: ".openclaw/a" }, "x"]]), 40 * 1024 * MIB);
    await expect(look(large)).rejects.toThrow(
      'The state is larger than 100 MiB, the limit of backups: ".openclaw/a" alone has 40960 MiB, holes included',
    );
  });

  it("may be as large as the limit, in whatever pieces it comes", async () => {
    const archive = packed("posix");
    const bytes = archive.length;
    for (const isNew of [true, false])
      expect(await look(archive, { maxBytes: bytes, isNew })).toMatchObject({ bytes });
    async function* atOnce(): AsyncGenerator<Buffer> {
      yield archive;
    }
    const contents = { entries: 0, bytes: 0 };
    for await (const _piece of checked(atOnce(), { maxBytes: bytes, isNew: true }, contents));
    expect(contents.bytes).toBe(bytes);
    await expect(look(archive, { maxBytes: bytes - 1 })).rejects.toThrow("the limit of backups");
  });

  it("is not holes beyond a limit; what is restored may have them", async () => {
    const zeros = Buffer.alloc(MIB);
    const header = headerOf(await made([[{ name: ".openclaw/a" }, "x"]]), 2048 * MIB);
    async function* holed(): AsyncGenerator<Buffer> {
      yield header;
      for (let mib = 0; mib < 2048; mib++) yield zeros;
      yield Buffer.alloc(1024);
    }
    const pass = async (isNew: boolean) => {
      const contents = { entries: 0, bytes: 0 };
      for await (const _piece of checked(holed(), { maxBytes: 4096 * MIB, isNew }, contents));
      return contents.entries;
    };
    await expect(pass(true)).rejects.toThrow("more than 1024 MiB of its files are zeros or holes");
    expect(await pass(false)).toBe(1);
  });

  it("is nothing behind a link, however deep; a name that begins as a link's does is not behind it", async () => {
    const deep = `.openclaw/${"d/".repeat(1_500)}`;
    const link = [{ name: `${deep}out`, type: "symlink", linkname: "/etc" }] as const;
    await expect(look(await made([link, [{ name: `${deep}out/a/passwd` }, "x"]]))).rejects.toThrow(
      "is behind a link",
    );
    const beside = await made([
      link,
      [{ name: `${deep}outer/passwd` }, "x"],
      [{ name: `${deep}out.txt` }, "x"],
    ]);
    expect((await look(beside)).entries).toBe(3);
    const many = Array.from(
      { length: 20_000 },
      (_, index) => [{ ...link[0], name: `.openclaw/${index}` }] as const,
    );
    expect((await look(await made(many))).entries).toBe(20_000);
  });

  it("has no folder so deep that an engine would leave out what is in it", async () => {
    const deep = ["d".repeat(250)];
    while (deep.join("/").length < 3_500) deep.push("d".repeat(250));
    const archive = await made([[{ name: `.openclaw/${deep.join("/")}`, type: "directory" }]]);
    await expect(look(archive)).rejects.toThrow(
      /^The data can't be backed up: the path of a folder has \d+ bytes/,
    );
    expect(await look(archive, { isNew: false }), "it is restored all the same").toMatchObject({
      entries: 1,
    });
  });
});
