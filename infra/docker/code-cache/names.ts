// V8's compiled code of an image's program: made once per image, in a volume that all its assistants read and none can
// write. OpenClaw compiles some 6,000 files at each start otherwise.

/** Carries the image's id: on the volume, and on the container that fills it. */
export const CODE_CACHE_LABEL = "berth.code-cache";
export const CODE_CACHE_PATH = "/var/cache/berth";
/** Below the volume's root, which is not the assistants' user's. */
export const CODE_CACHE_FOLDER = "node";
/** Of those without an ending only the image's user can read the files. */
const NAME = /^berth-cache-[0-9a-f]{16}(-all)?$/;

/** What makes Node use the cache. Read-only, it is read all the same; what has changed is compiled. */
export const CODE_CACHE_ENVIRONMENT: readonly string[] = [
  `NODE_COMPILE_CACHE=${CODE_CACHE_PATH}/${CODE_CACHE_FOLDER}`,
  // OpenClaw's launcher would otherwise start the whole program once more, to use a folder below this one.
  "OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED=1",
];

/** Name of the volume, and of the container that fills it, while it does. */
export function codeCacheName(imageId: string): string {
  return `berth-cache-${imageId.replace(/^sha256:/, "").slice(0, 16)}-all`;
}

/** Whether a volume of that name is a cache of code, as far as a name shows. */
export function isCodeCacheName(name: string): boolean {
  return NAME.test(name);
}
