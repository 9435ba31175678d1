import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function DoctorPage() {
  useTitle("Doctor");
  return (
    <Stack>
      <Title order={1} size="h2">
        Doctor
      </Title>
    </Stack>
  );
}
