// Who is signed in on this page.
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, Refusal, type Shapes } from "./client.ts";

export type Session = Shapes["Session"];

/** Null while nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return (await answerOf(client.GET("/api/v1/session"))).data;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return null;
      throw error;
    }
  },
});

const NO_COOKIE = {
  code: "NO_COOKIE",
  message:
    "This browser did not keep the session's cookie. Allow cookies for this address, and sign in again.",
};

/** @throws Refusal for a key or a link that does not work, and where the browser keeps no cookie */
export async function signIn(by: { readonly apiKey: string } | { readonly link: string }): Promise<Session> {
  const { data } = await answerOf(client.POST("/api/v1/session", { body: by }));
  const { response } = await client.GET("/api/v1/session").catch(() => ({ response: undefined }));
  if (response?.status === 401) throw new Refusal(401, NO_COOKIE);
  return data;
}

export async function signOut(): Promise<void> {
  await answerOf(client.DELETE("/api/v1/session"));
}

/** Why this session may change nothing, or null. */
export function whyReadOnly({ scopes }: Session): string | null {
  return scopes.includes("write") ? null : "This key may read, not change anything.";
}
