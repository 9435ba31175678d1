// Connections to servers that customers name: each is checked again when it is made, and goes to a checked address alone.
import { Agent, type Dispatcher } from "undici";
import type { Strangers } from "./strangers.ts";

/** Dials strangers alone. A name's answer is what is dialled: it can't be another one than was checked. */
export function strangersAgent(
  { refuse, lookup }: Strangers,
  {
    connect,
    ...options
  }: Omit<Agent.Options, "connect"> & { readonly connect?: { readonly timeout: number } } = {},
): Dispatcher {
  return new Agent({ allowH2: false, ...options, connect: { ...connect, lookup } }).compose(
    (dispatch) => (request, handler) => {
      // Node looks no address up that stands in the URL.
      const refusal = refuse(`${request.origin}`);
      if (refusal) throw new Error(`The address of a model's server ${refusal}.`);
      return dispatch(request, handler);
    },
  );
}
