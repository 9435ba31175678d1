import { Group } from "@mantine/core";
import type { Deployment } from "../../api/deployments.ts";
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

type Tab = (typeof TABS)[number]["to"];

/** Of a slot in which nobody has moved in yet. The others would have nothing to show. */
const OF_A_SLOT: Partial<Record<Deployment["status"], readonly Tab[]>> = {
  pending_payment: ["/assistants/$id", "/assistants/$id/delete"],
  purchased: [
    "/assistants/$id",
    "/assistants/$id/backups",
    "/assistants/$id/operations",
    "/assistants/$id/delete",
  ],
};
const FIRST: Partial<Record<Deployment["status"], string>> = { pending_payment: "Pay", purchased: "Set up" };

/** Bold words are wider: the tabs behind them would move. */
const OPEN = { borderBottom: "2px solid var(--mantine-color-anchor)" };

interface TabLinksProps {
  readonly id: string;
  readonly status: Deployment["status"];
}

/** Tabs are pages of their own: each has an address, and the browser's back button works. */
export function TabLinks({ id, status }: TabLinksProps) {
  const shown = OF_A_SLOT[status];
  return (
    <Group component="nav" aria-label="Of this assistant" gap="md" style={{ rowGap: 0 }}>
      {TABS.filter(({ to }) => !shown || shown.includes(to)).map(({ to, label }, index) => (
        <PageLink
          key={to}
          to={to}
          params={{ id }}
          activeOptions={{ exact: true }}
          c="var(--mantine-color-text)"
          py={4}
          style={{ borderBottom: "2px solid transparent" }}
          activeProps={{ c: "var(--mantine-color-anchor)", "aria-current": "page", style: OPEN }}
        >
          {(index === 0 && FIRST[status]) || label}
        </PageLink>
      ))}
    </Group>
  );
}
