// What the cache of compiled code adds to a container, and which caches are left over.
import { expect, it } from "vitest";
import { CODE_CACHE_LABEL, codeCacheName, isCodeCacheName } from "../../../infra/docker/code-cache/names.ts";
import { leftCodeCaches } from "../../../infra/docker/code-cache/remove.ts";

const IMAGE_ID = `sha256:${"0123456789abcdef".repeat(4)}`;
const NOW = Date.parse("2026-09-30T12:00:00Z");

it("is named after its image, as nothing else of Berth is", () => {
  expect(codeCacheName(IMAGE_ID)).toBe("berth-cache-0123456789abcdef-all");
  expect(isCodeCacheName(codeCacheName(IMAGE_ID))).toBe(true);
  expect(isCodeCacheName(`berth-${crypto.randomUUID()}`)).toBe(false);
});

it("is left over a day after it was made, unless the installation's image is its own", () => {
  const volume = (name: string, CreatedAt: string) => ({ Name: `berth-cache-${name.repeat(16)}`, CreatedAt });
  const volumes = [
    volume("a", "2026-09-29T11:59:00Z"),
    volume("b", "2026-09-29T12:01:00Z"),
    volume("c", "2026-01-01T00:00:00Z"),
    { Name: "somebody's", CreatedAt: "2026-01-01T00:00:00Z" },
  ];
  const left = leftCodeCaches({ containers: [], volumes }, `berth-cache-${"c".repeat(16)}`, NOW);
  expect(left.volumes).toEqual([`berth-cache-${"a".repeat(16)}`]);
});

it("is half made for ever if it has been for twenty minutes", () => {
  const container = (Id: string, createdAt: string) => ({
    Id,
    Created: Date.parse(createdAt) / 1000,
    Labels: { [CODE_CACHE_LABEL]: IMAGE_ID },
  });
  const containers = [container("dead", "2026-09-30T11:39:00Z"), container("alive", "2026-09-30T11:41:00Z")];
  const left = leftCodeCaches({ containers, volumes: [] }, undefined, NOW);
  expect(left.containers).toEqual([{ id: "dead", imageId: IMAGE_ID }]);
});
