// Which addresses of a customer's own model server are taken, by their text and by what their names resolve to.
import type { LookupAddress } from "node:dns";
import { describe, expect, it, vi } from "vitest";
import { modelServers, type PrivateHosts } from "../../../stacks/model-servers/model-servers.ts";

const NONE: PrivateHosts = { names: [], ranges: [] };
const PUBLIC = "93.184.215.14";

function servers(addresses: readonly string[] = [PUBLIC], hosts = NONE) {
  const resolve = vi.fn(async () => addresses);
  return { ...modelServers(resolve, hosts), resolve };
}

/** What would be dialled. */
function dialled(strangers: ReturnType<typeof servers>, name: string): Promise<readonly string[]> {
  return new Promise((done, fail) => {
    strangers.lookup(name, { all: true }, (error, found) =>
      error ? fail(error) : done((found as LookupAddress[]).map(({ address }) => address)),
    );
  });
}

describe("an address by its text", () => {
  it.each([
    "https://api.groq.com/openai/v1",
    "https://api.mistral.ai/v1",
    "https://api.deepseek.com",
    "https://models.example.com:8443/v1",
    "https://[2606:4700:4700::1111]/v1",
  ])("%s is taken", (url) => {
    expect(servers().refuse(url)).toBeUndefined();
  });
  it.each([
    "http://api.groq.com/openai/v1",
    "https://user:word@api.groq.com/v1",
    "https://api.groq.com@169.254.169.254/v1",
    "https://api.groq.com/v1?key=1",
    "https://api.groq.com/v1#a",
    "https://api.groq.com:22/v1",
    "https://127.0.0.1/v1",
    "https://2130706433/v1",
    "https://0x7f.1/v1",
    "https://017700000001/v1",
    "https://[::1]/v1",
    "https://[::ffff:169.254.169.254]/v1",
    "https://[64:ff9b::a9fe:a9fe]/v1",
    "https://[fd00:ec2::254]/v1",
    "https://169.254.169.254/latest",
    "https://metadata.google.internal/v1",
    "https://10.0.5.7/v1",
    "https://localhost/v1",
    "https://ollama/v1",
    "https:\\\\127.0.0.1\\v1",
    "file:///etc/passwd",
    "no address",
  ])("%s is refused", async (url) => {
    const strangers = servers();
    expect(strangers.refuse(url)).toMatch(/^must /);
    expect(await strangers.check(url)).toMatch(/^must /);
    expect(strangers.resolve).not.toHaveBeenCalled();
  });
});

describe("a name by what it resolves to", () => {
  it("is taken where all is public, and dialled there", async () => {
    const strangers = servers([PUBLIC, "2606:4700:4700::1111"]);
    expect(await strangers.check("https://api.groq.com/openai/v1")).toBeUndefined();
    expect(await dialled(strangers, "api.groq.com")).toEqual([PUBLIC, "2606:4700:4700::1111"]);
  });
  it.each([
    ["one private address among public ones", [PUBLIC, "10.0.0.1"]],
    ["loopback", ["127.0.0.1"]],
    ["a cloud's metadata", ["169.254.169.254"]],
    ["IPv6 that stands for IPv4", ["::ffff:10.0.0.1"]],
    ["IPv6 of a local network", ["fd00::1"]],
    ["what is no address", ["127.1"]],
    ["nothing", []],
  ])("%s is refused, in the words for a name that does not exist", async (_what, addresses) => {
    const unknown = modelServers(async () => Promise.reject(new Error("ENOTFOUND")), NONE);
    const refusal = await servers(addresses).check("https://models.example.com/v1");
    expect(refusal).toBe(await unknown.check("https://models.example.com/v1"));
    expect(refusal).toMatch(/^must be a name that resolves/);
    await expect(dialled(servers(addresses), "models.example.com")).rejects.toThrow();
  });
  it("is judged at each connection: one that turns private is dialled no more", async () => {
    const answers = [[PUBLIC], ["127.0.0.1"]];
    const strangers = servers();
    strangers.resolve.mockImplementation(async () => answers.shift() ?? []);
    expect(await dialled(strangers, "turns.example.com")).toEqual([PUBLIC]);
    await expect(dialled(strangers, "turns.example.com")).rejects.toThrow(/public/);
  });
});

describe("what the operator allows", () => {
  const HOSTS: PrivateHosts = {
    names: ["ollama", "localhost"],
    ranges: ["10.0.5.0/24", "169.254.0.0/16", "fd00::/8"],
  };
  it.each([
    "http://ollama:11434/v1",
    "https://ollama/v1",
    "http://10.0.5.7:8000/v1",
    "http://[fd00::7]:8000/v1",
  ])("%s is taken, and no name server asked", async (url) => {
    const strangers = servers([], HOSTS);
    expect(await strangers.check(url)).toBeUndefined();
    expect(strangers.resolve).not.toHaveBeenCalled();
  });
  it.each([
    "http://10.0.6.7:8000/v1",
    "http://ollama.example.com/v1",
    "http://user@ollama:11434/v1",
    "http://ollama:11434/v1?a=b",
    "ftp://ollama/v1",
    // Credentials of a cloud are in no range.
    "http://169.254.169.254/v1",
    "http://[fd00:ec2::254]/v1",
  ])("%s is refused all the same", async (url) => {
    expect(await servers([], HOSTS).check(url)).toMatch(/^must /);
  });
  it("a public name that leads into a range needs https; one that leads to metadata is refused", async () => {
    const strangers = servers(["10.0.5.7"], HOSTS);
    expect(await strangers.check("https://models.example.com/v1")).toBeUndefined();
    expect(await strangers.check("http://models.example.com/v1")).toMatch(/^must /);
    expect(await servers(["169.254.169.254"], HOSTS).check("https://models.example.com/v1")).toMatch(
      /^must /,
    );
  });
  it("a name is looked up as this machine does", async () => {
    expect(await dialled(servers([], HOSTS), "localhost")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]),
    );
  });
});
