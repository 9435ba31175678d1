import { Button, Center, Container, Loader, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { Refusal } from "../api/client.ts";
import { PageLink } from "./page-link.tsx";
import { RefusalAlert } from "./refusal-alert.tsx";
import { useTitle } from "./use-title.ts";

/** Of parts of the program that have not come, as Vite reports them. */
const notLoaded = new WeakSet<Error>();
addEventListener("vite:preloadError", ({ payload }) => void notLoaded.add(payload));
const PART_MISSING =
  "A part of this page could not be loaded: Berth was away, or is another version by now. Load the page again.";

/** In place of a page that could not be shown. */
export function PageError({ error, reset }: ErrorComponentProps) {
  useTitle("Not shown");
  const router = useRouter();
  const isRefused = error instanceof Refusal;
  // What was not loaded stays so until the page begins anew; what the API refused is asked for again.
  const again = () => {
    if (!isRefused) return location.reload();
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>This page could not be shown</Title>
        <RefusalAlert error={error instanceof Error && notLoaded.has(error) ? PART_MISSING : error} />
        <Button onClick={again}>{isRefused ? "Try again" : "Load again"}</Button>
      </Stack>
    </Container>
  );
}

/** In place of a page that is slow to come. */
export function PagePending() {
  return (
    <Center mih={200}>
      <Loader aria-label="Loading" />
    </Center>
  );
}

export function PageMissing() {
  useTitle("No such page");
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>There is no such page</Title>
        <Text>Its address may be mistyped, or is not for this key.</Text>
        <Text>
          <PageLink to="/">To your assistants</PageLink>
        </Text>
      </Stack>
    </Container>
  );
}
