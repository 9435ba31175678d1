import { AppShell, Button, Divider, Text } from "@mantine/core";
import { useMatchRoute } from "@tanstack/react-router";
import { BASE } from "../api/client.ts";
import { signOut } from "../api/session.ts";
import { MenuLink } from "../parts/page-link.tsx";
import { RefusalAlert } from "../parts/refusal-alert.tsx";
import { tabStorage } from "../parts/tab-storage.ts";
import { useAction } from "../parts/use-action.ts";
import { useSession } from "../parts/use-session.ts";

const OWN = [
  { to: "/account/keys", label: "API keys" },
  { to: "/account/audit", label: "Audit trail" },
  { to: "/account/sessions", label: "Sessions" },
] as const;

const OF_OPERATOR = [
  { to: "/operator/fleet", label: "Fleet" },
  { to: "/operator/operations", label: "Operations" },
  { to: "/operator/doctor", label: "Doctor" },
  { to: "/operator/payments", label: "Payments" },
  { to: "/operator/accounts", label: "Accounts" },
  { to: "/operator/installation", label: "Installation" },
] as const;

export function Menu() {
  const session = useSession();
  const matches = useMatchRoute();
  const isBelowList =
    matches({ to: "/assistants/$id", fuzzy: true }) !== false || matches({ to: "/buy" }) !== false;
  return (
    <>
      <AppShell.Section grow component="nav" aria-label="Pages">
        <MenuLink to="/" label="Assistants" activeOptions={{ exact: true }} active={isBelowList} />
        {OWN.map(({ to, label }) => (
          <MenuLink key={to} to={to} label={label} />
        ))}
        {session.isOperator && <Divider my="xs" label="Operator" labelPosition="left" px="sm" />}
        {session.isOperator &&
          OF_OPERATOR.map(({ to, label }) => <MenuLink key={to} to={to} label={label} />)}
      </AppShell.Section>
      <AppShell.Section>
        <Text size="xs" c="dimmed" px="sm" pb="xs" truncate>
          {session.isOperator ? "Operator" : session.account}
        </Text>
        <SignOut />
      </AppShell.Section>
    </>
  );
}

/** The page begins anew: nothing of who was signed in stays in its memory, nor what they have typed. */
function SignOut() {
  const leave = useAction({
    mutationFn: signOut,
    onSuccess: () => {
      tabStorage.clear();
      location.replace(`${BASE}/sign-in`);
    },
  });
  return (
    <>
      <RefusalAlert error={leave.error} />
      <Button
        variant="subtle"
        fullWidth
        justify="start"
        px="sm"
        loading={leave.isPending}
        onClick={() => leave.mutate()}
      >
        Sign out
      </Button>
    </>
  );
}
