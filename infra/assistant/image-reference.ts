// Image references by the grammar of the distribution project, as Docker reads them. Pure.

export interface ImageReference {
  /** With its registry, e.g. `docker.io/library/busybox`. */
  readonly repository: string;
  /** `latest` where neither tag nor digest is given: without one the engine would pull every tag. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const DOCKER_HUB = "docker.io";
const LONGEST_REPOSITORY = 255;
/** Of a repository, a tag and a digest. */
const LONGEST = 512;
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const REGISTRY = new RegExp(String.raw`^(?:${LABEL}(?:\.${LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?$`);
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;
const IMAGE_ID = /^(?:sha256:)?[a-f0-9]{64}$/;

/** Undefined if the text is no reference. An image's id is none: it names no repository. */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > LONGEST || IMAGE_ID.test(text)) return undefined;
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const repository = parseRepository(colon < 0 ? named : named.slice(0, colon));
  if (repository === undefined) return undefined;
  return { repository, tag: tag ?? (digest === undefined ? "latest" : undefined), digest };
}

/** Whether it always means the same image: it names a digest, or is an image's id. */
export function isPinned(image: string): boolean {
  return DIGEST.test(image) || parseImageReference(image)?.digest !== undefined;
}

/** The repository with its registry; undefined if the text is none. */
export function parseRepository(text: string): string | undefined {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  const isRegistry = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const given = isRegistry ? first : DOCKER_HUB;
  const registry = given === `index.${DOCKER_HUB}` ? DOCKER_HUB : given;
  const rest = isRegistry ? text.slice(slash + 1) : text;
  const path = registry === DOCKER_HUB && !rest.includes("/") ? `library/${rest}` : rest;
  const repository = `${registry}/${path}`;
  const isSound = REGISTRY.test(registry) && PATH.test(path) && repository.length <= LONGEST_REPOSITORY;
  return isSound ? repository : undefined;
}

/** The reference in the form that says all there is to say; a tag beside a digest says nothing. */
export function fullName({ repository, tag, digest }: ImageReference): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}
