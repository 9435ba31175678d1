// What a plugin knows of one type of resource. Values are JSON, as the engine keeps them in its state.
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

export type Value = JavaScriptValue;
export type Properties = { [name: string]: Value };

export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** What exists, as the state has it. */
export interface Recorded {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What new inputs mean for what exists. */
export interface Change {
  readonly diffs: readonly string[];
  /** Those of `diffs` that only a new resource can have. */
  readonly replaces: readonly string[];
}

/** One type of resource. Methods reject with the error of the program that did the work. */
export interface ResourceKind {
  /** For what has a name or a port of its own: the new one can only come after the old one has gone. */
  readonly deleteBeforeReplace: boolean;
  /** Inputs with their defaults, and all that is wrong with them. */
  check(news: Properties): Checked;
  diff(old: Recorded, news: Properties): Change;
  /** @throws PartlyMade when it exists but did not start. */
  create(inputs: Properties, name: string): Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** Outputs as they are now; undefined when the thing is gone. */
  read(id: string, outputs: Properties): Promise<Properties | undefined>;
  update(id: string, news: Properties, outputs: Properties): Promise<Properties>;
  /** Resolves too when there is nothing to delete. */
  delete(id: string, outputs: Properties): Promise<void>;
}

/** A resource that exists but did not start: the engine keeps it, marked as failed. */
export class PartlyMade extends Error {
  readonly id: string;
  readonly outputs: Properties;
  constructor(cause: unknown, id: string, outputs: Properties) {
    super("The resource was made but did not start.", { cause });
    this.id = id;
    this.outputs = outputs;
  }
}
