// Samples and classes of callback URLs, judged by their text alone.
import { describe, expect, it, vi } from "vitest";
import type { CallbackNetwork } from "../../../stacks/callbacks/network.ts";
import { isPublicAddress } from "../../../stacks/callbacks/public-address.ts";
import { refuseCallbackUrl } from "../../../stacks/callbacks/url.ts";
import { fc } from "../../support/fast-check.ts";

const ANY = { pinned: [] };

const REFUSED = `
https://127.0.0.1/ https://127.1/ https://2130706433/ https://0x7f.1/ https://017700000001/ https://0/
https://localhost/ https://localhost./ https://foo.localhost/ https://127.0.0.1./
https://[::1]/ https://[::ffff:127.0.0.1]/ https://[64:ff9b::127.0.0.1]/ https://[2002:7f00:1::]/ https://[fe80::1]/
https://[::]/ https://[fd00:ec2::254]/ https://[::127.0.0.1]/ https://[::ffff:0:127.0.0.1]/ https://[2001::1]/ https://[ff02::1]/
https://169.254.169.254/latest/meta-data/ https://metadata.google.internal/ https://100.100.100.200/ https://168.63.129.16/
https://10.1/ https://172.17.0.1/ https://192.168.1.1/ https://100.64.0.1/ https://198.18.0.1/ https://224.0.0.1/ https://255.255.255.255/
https://host.docker.internal/ https://printer.local/ https://intranet/ https://x.svc.cluster.local/ https://router.home.arpa/
https://user:pass@example.com/ https://user@example.com/ https://example.com@127.0.0.1/ https:\\\\127.0.0.1\\ https:127.0.0.1/
https://%31%32%37.0.0.1/ https://ex%61mple.com/ https:///example.com/ //example.com/ example.com javascript:alert(1) data:,x
http://example.com/ ftp://example.com/ file:///etc/passwd https://example.com:22/ https://example.com:6379/ https://example.com:80/
https://example.com/#fragment https://1.0.0.127.in-addr.arpa/ https://
`
  .trim()
  .split(/\s+/);

const TAKEN = `
https://example.com/hook?x=1 https://example.com:8443/ https://xn--bcher-kva.example/ https://sub.a-b.co.uk/ https://example.com./
https://example.com:443/ https://1.1.1.1/ https://[2606:4700:4700::1111]/ HTTPS://EXAMPLE.COM/
`
  .trim()
  .split(/\s+/);

describe("callbackUrl", () => {
  it.each(REFUSED)("refuses %s", (url) => {
    expect(refuseCallbackUrl(ANY, url)).toMatch(/^must /);
  });
  it.each(TAKEN)("takes %s", (url) => {
    expect(refuseCallbackUrl(ANY, url)).toBeUndefined();
  });
  it.each([
    "https://example.com/\n",
    " https://example.com/",
    "https://\texample.com/",
    "https://éxample.com/",
    "https://exa mple.com/",
    "https://exämple.com/",
    `https://example.com/${"x".repeat(2048)}`,
  ])("refuses odd text %j", (url) => {
    expect(refuseCallbackUrl(ANY, url)).toMatch(/^must /);
  });
});

it("a name is not looked up: an answer would tell what Berth's own name servers know", () => {
  const resolve = vi.fn(async () => ["10.0.0.1"]);
  expect(refuseCallbackUrl({ resolve, pinned: [] } as CallbackNetwork, "https://db.corp.example/")).toBe(
    undefined,
  );
  expect(resolve).not.toHaveBeenCalled();
});

describe("any address inside a refused range is refused", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  it.each([
    ["10/8", fc.tuple(fc.constant(10), octet, octet, octet)],
    ["127/8", fc.tuple(fc.constant(127), octet, octet, octet)],
    ["172.16/12", fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet)],
    ["192.168/16", fc.tuple(fc.constant(192), fc.constant(168), octet, octet)],
    ["100.64/10", fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet)],
    ["169.254/16", fc.tuple(fc.constant(169), fc.constant(254), octet, octet)],
    ["224/3", fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet)],
  ])("%s, in every way to write it", async (_, octets) => {
    await fc.assert(
      fc.asyncProperty(octets, async ([a, b, c, d]) => {
        const number = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
        const ways = [
          `${a}.${b}.${c}.${d}`,
          String(number),
          `0x${number.toString(16)}`,
          `[::ffff:${a}.${b}.${c}.${d}]`,
        ];
        for (const host of ways) expect(refuseCallbackUrl(ANY, `https://${host}/`)).toMatch(/^must /);
        expect(isPublicAddress(`${a}.${b}.${c}.${d}`)).toBe(false);
      }),
    );
  });
});

it("a thousand hostile URLs are refused, whatever the name resolves to", async () => {
  await fc.assert(
    fc.asyncProperty(hostileUrl, async (url) => {
      expect(refuseCallbackUrl(ANY, url), url).toMatch(/^must /);
    }),
    { numRuns: 1_000 },
  );
});

const octet = fc.integer({ min: 0, max: 255 });
const privateOctets = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
  fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
  fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
);
/** One private address in one of the ways in which parsers take it. */
const privateAddress = fc.tuple(privateOctets, fc.nat()).map(([octets, way]) => {
  const [a, b, c, d] = octets;
  const number = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
  const groups = `${hex(a, b)}:${hex(c, d)}`;
  const ways = [
    octets.join("."),
    `${octets.join(".")}.`,
    octets.map((part) => `0${part.toString(8)}`).join("."),
    octets.map((part) => `0x${part.toString(16)}`).join("."),
    String(number),
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    `${a}.${b * 2 ** 16 + c * 2 ** 8 + d}`,
    `${a}.${b}.${c * 2 ** 8 + d}`,
    `[::ffff:${groups}]`,
    `[::${groups}]`,
    `[64:ff9b::${groups}]`,
    `[2002:${groups}::1]`,
    `[2001:0:${groups}::1]`,
    `[fd00::${groups}]`,
    `[fe80::${groups}]`,
    [...String(number)].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(""),
  ];
  return ways[way % ways.length] ?? "";
});
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
const privateName = fc.oneof(
  label,
  fc
    .tuple(
      label,
      fc.constantFrom("localhost", "local", "internal", "home.arpa", "lan", "corp", "svc", "onion"),
    )
    .map((labels) => labels.join(".")),
);
const privateHost = fc.oneof(privateAddress, privateName);
const path = fc.webPath();
const hostileUrl = fc.oneof(
  fc
    .tuple(privateHost, fc.constantFrom("", ":443", ":8443"), path)
    .map((parts) => `https://${parts.join("")}`),
  fc.tuple(privateHost, path).map(([host, rest]) => `https://example.com@${host}${rest}`),
  fc.tuple(label, path).map(([user, rest]) => `https://${user}:x@example.com${rest}`),
  fc
    .tuple(fc.constantFrom("http", "ftp", "file", "gopher", "ws", "HTTP"), path)
    .map(([scheme, rest]) => `${scheme}://example.com${rest}`),
  fc
    .integer({ min: 1, max: 65_535 })
    .filter((port) => port !== 443 && port !== 8443)
    .map((port) => `https://example.com:${port}/`),
  fc
    .tuple(fc.constantFrom("\\", "\n", "\t", " ", "\0", "\u00ad", "\u3002", "é"), fc.nat({ max: 20 }))
    .map(
      ([odd, at]) =>
        `${"https://example.com/hook".slice(0, at)}${odd}${"https://example.com/hook".slice(at)}`,
    ),
  fc.tuple(label, path).map(([name, rest]) => `https://${name}%2eexample.com${rest}`),
);
