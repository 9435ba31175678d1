import type { Place } from "../../../infra/target.ts";

export interface MemoryPlace extends Place {
  /** Of the world. */
  readonly url: string;
}
