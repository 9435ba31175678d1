import { Group } from "@mantine/core";
import { PageLink } from "../../parts/page-link.tsx";

const TABS = [
  { to: "/assistants/$id", label: "Overview" },
  { to: "/assistants/$id/logs", label: "Logs" },
  { to: "/assistants/$id/pairing", label: "Pairing" },
  { to: "/assistants/$id/backups", label: "Backups" },
  { to: "/assistants/$id/settings", label: "Settings" },
  { to: "/assistants/$id/usage", label: "Usage and limits" },
  { to: "/assistants/$id/operations", label: "Operations" },
  { to: "/assistants/$id/callbacks", label: "Callbacks" },
  { to: "/assistants/$id/delete", label: "Delete" },
] as const;

/** Tabs are pages of their own: each has an address, and the browser's back button works. */
export function TabLinks({ id }: { readonly id: string }) {
  return (
    <Group component="nav" aria-label="Of this assistant" gap="md">
      {TABS.map(({ to, label }) => (
        <PageLink
          key={to}
          to={to}
          params={{ id }}
          activeOptions={{ exact: true }}
          activeProps={{ fw: 700, "aria-current": "page" }}
        >
          {label}
        </PageLink>
      ))}
    </Group>
  );
}
