import { Button, Container, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { PageLink } from "./page-link.tsx";
import { RefusalAlert } from "./refusal-alert.tsx";
import { useTitle } from "./use-title.ts";

/** In place of a page that could not be shown. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <Container size="sm" py="xl">
      <Stack>
        <Title order={1}>This page could not be shown</Title>
        <RefusalAlert error={error} />
        <Button onClick={reset}>Try again</Button>
      </Stack>
    </Container>
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
