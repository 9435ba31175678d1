// The frame of every page for somebody who is signed in.
import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "../api/session.ts";
import { LiveStream } from "./live-stream.tsx";
import { Menu } from "./menu.tsx";
import { SchemeSwitch } from "./scheme-switch.tsx";

/** In pixels: what belongs to one row stays together on the widest screen. */
const WIDEST = 1600;

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname]);
  useLeaveWhenSignedOut();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? "Close the menu" : "Open the menu"}
            />
            <Text component={Link} to="/" fw={700} size="lg" td="none" c="inherit">
              Berth
            </Text>
          </Group>
          <SchemeSwitch />
        </Group>
      </AppShell.Header>
      {/* Of a low window, or one that is zoomed, it is higher. */}
      <AppShell.Navbar p="sm" style={{ overflowY: "auto" }}>
        <Menu />
      </AppShell.Navbar>
      <AppShell.Main>
        <Box maw={WIDEST}>
          <LiveStream />
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

/** The session ends also without this page: elsewhere, by time, with its key. */
function useLeaveWhenSignedOut(): void {
  const { data: session } = useQuery(sessionQuery);
  const router = useRouter();
  useEffect(() => {
    if (session !== null) return;
    const to = router.state.location.href;
    void router.navigate({ to: "/sign-in", search: { to }, replace: true });
  }, [session, router]);
}
