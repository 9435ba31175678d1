import { type Resolve, refuseCallbackUrl } from "../../stacks/callback.ts";
import { invalidRequest } from "../problem.ts";

/** @throws BerthError INVALID_REQUEST when Berth would not deliver to this URL. */
export async function checkCallbackUrl(
  url: string | null | undefined,
  resolve: Resolve | undefined,
): Promise<void> {
  if (url === null || url === undefined) return;
  const refusal = await refuseCallbackUrl(url, resolve);
  if (refusal) throw invalidRequest([{ field: "callbackUrl", message: refusal }]);
}
