// Signing in: by an API key, or by the link that `npm start` prints, whose token stands behind the # of the address.
import { Button, Center, Code, Loader, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Session, sessionQuery, signIn } from "../api/session.ts";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { useAction } from "../parts/use-action.ts";
import { useTitle } from "../parts/use-title.ts";

/** What it is refused says nothing of a session. */
const SIGN_IN = { mutationFn: signIn, meta: { isSignIn: true } };

export function SignInPage() {
  useTitle("Sign in");
  const [link, setLink] = useState(takeLink);
  const enter = useEnter();
  const byLink = useAction({ ...SIGN_IN, onSuccess: enter, onError: () => setLink("") });
  const { mutate } = byLink;
  useEffect(() => {
    if (link) mutate({ link });
  }, [link, mutate]);
  // Another link, opened where this page is open already, changes nothing but what stands behind the #.
  useEffect(() => {
    const takeAnother = () => setLink(takeLink());
    addEventListener("hashchange", takeAnother);
    return () => removeEventListener("hashchange", takeAnother);
  }, []);
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={420}>
        <Stack>
          <Title order={1} size="h2">
            Berth
          </Title>
          {link ? <Loader aria-label="Signing in" /> : <KeyForm onSignedIn={enter} />}
          <RefusalAlert error={byLink.error} />
        </Stack>
      </Paper>
    </Center>
  );
}

function KeyForm({ onSignedIn }: { readonly onSignedIn: (session: Session) => void }) {
  const form = useForm({ initialValues: { apiKey: "" } });
  const byKey = useAction({ ...SIGN_IN, onSuccess: onSignedIn });
  return (
    <form onSubmit={form.onSubmit(({ apiKey }) => byKey.mutate({ apiKey: apiKey.trim() }))}>
      <Stack>
        <PasswordInput
          label="API key"
          description="The key that your own programs call Berth with. It stays with the server: this page keeps a session."
          placeholder="brt_…"
          autoComplete="current-password"
          required
          data-autofocus
          {...form.getInputProps("apiKey")}
        />
        <RefusalAlert error={byKey.error} />
        <Button type="submit" loading={byKey.isPending}>
          Sign in
        </Button>
        <Text c="dimmed">
          The operator gets a link that signs in by <Code>npm run berth -- sign-in</Code>
        </Text>
      </Stack>
    </form>
  );
}

/** Keeps who has signed in, and goes where they wanted to be. */
function useEnter(): (session: Session) => void {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { to = "/" } = useSearch({ from: "/sign-in" });
  return (session) => {
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, session);
    router.history.replace(to);
  };
}

/** The token of the link. It works once, and leaves the address bar and the history at once. */
function takeLink(): string {
  const link = location.hash.slice(1);
  if (link) history.replaceState(history.state, "", location.pathname + location.search);
  return link;
}
