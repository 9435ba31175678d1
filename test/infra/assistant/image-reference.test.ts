// Image references are read as Docker reads them.
import { expect, it } from "vitest";
import { fullName, parseImageReference } from "../../../infra/assistant/image-reference.ts";

const HEX = "0123456789abcdef".repeat(4);

it.each([
  ["busybox", "docker.io/library/busybox:latest"],
  ["busybox:1.37.0-musl", "docker.io/library/busybox:1.37.0-musl"],
  ["docker.io/busybox", "docker.io/library/busybox:latest"],
  ["index.docker.io/openclaw/openclaw", "docker.io/openclaw/openclaw:latest"],
  ["openclaw/openclaw:2026.9.6", "docker.io/openclaw/openclaw:2026.9.6"],
  ["ghcr.io/openclaw/openclaw:2026.9.6", "ghcr.io/openclaw/openclaw:2026.9.6"],
  [`ghcr.io/openclaw/openclaw@sha256:${HEX}`, `ghcr.io/openclaw/openclaw@sha256:${HEX}`],
  [`ghcr.io/openclaw/openclaw:2026.9.6@sha256:${HEX}`, `ghcr.io/openclaw/openclaw@sha256:${HEX}`],
  ["127.0.0.1:5000/a/b_c/d__e/f--g.h:T.a-g_", "127.0.0.1:5000/a/b_c/d__e/f--g.h:T.a-g_"],
  ["localhost/tiny", "localhost/tiny:latest"],
  ["[::1]:5000/tiny", "[::1]:5000/tiny:latest"],
  ["Registry/tiny", "Registry/tiny:latest"],
  ["registry:5000", "docker.io/library/registry:5000"],
])("%s is %s", (text, full) => {
  const reference = parseImageReference(text);
  expect(reference && fullName(reference)).toBe(full);
});

it.each([
  "",
  " busybox",
  "busybox ",
  "busybox\n",
  "Busybox",
  "a//b",
  "/a",
  "a/",
  "-a",
  "a-",
  "a..b",
  "a___b",
  "http://ghcr.io/a",
  "ghcr.io:port/a",
  "ghcr.io/a:",
  "ghcr.io/a:-tag",
  `ghcr.io/a:${"t".repeat(129)}`,
  "ghcr.io/a@",
  "ghcr.io/a@sha256:abc",
  `ghcr.io/a@sha256:${HEX.toUpperCase()}`,
  `ghcr.io/a@sha256:${HEX}@sha256:${HEX}`,
  `ghcr.io/${"a".repeat(250)}`,
  "../etc/passwd",
  "ghcr.io/a?platform=x",
  // What Docker takes for an image's id.
  HEX,
  `sha256:${HEX}`,
])("%j is none", (text) => {
  expect(parseImageReference(text)).toBeUndefined();
});
