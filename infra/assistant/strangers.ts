// Which servers that customers name may be dialled. What decides it is above.
import type { LookupFunction } from "node:net";

/** Which servers may be dialled. */
export interface Strangers {
  /** Why nothing is sent to this URL, whatever its name resolves to; undefined if that is fine. */
  refuse(url: string): string | undefined;
  /** As refuse, of what its name resolves to as well. */
  check(url: string): Promise<string | undefined>;
  /** The addresses at which a name may be dialled now; an error if there are none. For net.connect. */
  readonly lookup: LookupFunction;
}

export const NO_STRANGERS: Strangers = {
  refuse: () => "is not taken here",
  check: async () => "is not taken here",
  lookup: (_name, _options, callback) => callback(new Error("Names are not looked up here."), []),
};
