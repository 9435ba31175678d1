// What Docker holds of a deployment, and the file that Berth keeps for its container.
import type { HeldContainer, Holding } from "../../../infra/docker/inventory.ts";
import type { FileMode } from "../file-mode.ts";
import type { Picture } from "../picture.ts";

export interface SecretsFile {
  readonly path: string;
  /** Undefined if there is no such file. */
  readonly file: FileMode | undefined;
  readonly folder: FileMode | undefined;
  /** Whether it holds what the record says; undefined if that can't be seen. */
  readonly isCurrent: boolean | undefined;
  /** What Berth can give the file here. */
  readonly wanted: FileMode;
}

/** With everything that is only there where Docker answers. */
export type OnDocker = Picture & { readonly held: Holding };
export type WithFile = Picture & { readonly secretsFile: SecretsFile };
export interface OfContainer {
  readonly picture: Picture;
  readonly container: HeldContainer;
}
