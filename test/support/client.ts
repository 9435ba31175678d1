// The typed client, as a user of the API makes it: types from the document, openapi-fetch to call.
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../api/web/api/types.ts";
import { API_KEY } from "./berth.ts";
import { judgeOf } from "./document.ts";

/** Fails, as berth.call() does, when an answer is not as the document says. */
export function typedClient({ url }: { readonly url: string }): Client<paths> {
  const client = createClient<paths>({ baseUrl: url, headers: { "X-API-Key": API_KEY } });
  client.use({
    async onResponse({ request, response }) {
      const { status, headers } = response;
      const body: unknown = await response.clone().json();
      const judge = await judgeOf(url);
      const objection = judge({
        method: request.method,
        path: new URL(request.url).pathname,
        status,
        headers,
        body,
      });
      if (objection) throw new Error(objection);
    },
  });
  return client;
}
