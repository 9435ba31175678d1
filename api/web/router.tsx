// The table of pages. Each is loaded when it is opened first.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { BASE } from "./api/client.ts";
import { sessionQuery } from "./api/session.ts";
import { AssistantsPage } from "./pages/assistants.tsx";
import { PageError, PageMissing, PagePending } from "./parts/page-error.tsx";
import {
  readAuditFilter,
  readFilter,
  readFleetFilter,
  readPaymentFilter,
  readWayBack,
  textOf,
} from "./search-params.ts";
import { Shell } from "./shell/shell.tsx";

interface Context {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: readWayBack,
  component: lazyRouteComponent(() => import("./pages/sign-in.tsx"), "SignInPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: "/sign-in", search: { to: location.href } });
    return { session };
  },
  component: Shell,
});

const assistants = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  validateSearch: readFilter,
  // Where most visits begin: it comes with the program.
  component: AssistantsPage,
});

const buy = createRoute({
  getParentRoute: () => signedIn,
  path: "/buy",
  component: lazyRouteComponent(() => import("./pages/buy/buy.tsx"), "BuyPage"),
});

const assistant = createRoute({
  getParentRoute: () => signedIn,
  path: "/assistants/$id",
  component: lazyRouteComponent(() => import("./pages/assistant/layout.tsx"), "AssistantLayout"),
});

const tabs = [
  createRoute({
    getParentRoute: () => assistant,
    path: "/",
    component: lazyRouteComponent(() => import("./pages/assistant/overview.tsx"), "OverviewTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/logs",
    component: lazyRouteComponent(() => import("./pages/assistant/logs.tsx"), "LogsTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/pairing",
    component: lazyRouteComponent(() => import("./pages/assistant/pairing.tsx"), "PairingTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/backups",
    component: lazyRouteComponent(() => import("./pages/assistant/backups.tsx"), "BackupsTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/settings",
    component: lazyRouteComponent(() => import("./pages/assistant/settings.tsx"), "SettingsTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/usage",
    component: lazyRouteComponent(() => import("./pages/assistant/usage.tsx"), "UsageTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/operations",
    component: lazyRouteComponent(() => import("./pages/assistant/operations.tsx"), "OperationsTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/callbacks",
    component: lazyRouteComponent(() => import("./pages/assistant/callbacks.tsx"), "CallbacksTab"),
  }),
  createRoute({
    getParentRoute: () => assistant,
    path: "/delete",
    component: lazyRouteComponent(() => import("./pages/assistant/delete.tsx"), "DeleteTab"),
  }),
] as const;

/** Of addresses that somebody has shortened. */
const shortened = [
  createRoute({
    getParentRoute: () => signedIn,
    path: "/assistants",
    beforeLoad: () => {
      throw redirect({ to: "/", replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: "/account",
    beforeLoad: () => {
      throw redirect({ to: "/account/keys", replace: true });
    },
  }),
] as const;

const account = [
  createRoute({
    getParentRoute: () => signedIn,
    path: "/account/keys",
    component: lazyRouteComponent(() => import("./pages/account/keys.tsx"), "KeysPage"),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: "/account/audit",
    validateSearch: readAuditFilter,
    component: lazyRouteComponent(() => import("./pages/account/audit.tsx"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: "/account/sessions",
    component: lazyRouteComponent(() => import("./pages/account/sessions.tsx"), "SessionsPage"),
  }),
] as const;

/** Of a customer's session they show that they are the operator's. */
const operator = createRoute({
  getParentRoute: () => signedIn,
  path: "/operator",
  beforeLoad: ({ context }) => {
    if (!context.session.isOperator) throw notFound();
  },
});

const operatorPages = [
  createRoute({
    getParentRoute: () => operator,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/operator/fleet", replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/fleet",
    validateSearch: readFleetFilter,
    component: lazyRouteComponent(() => import("./pages/operator/fleet.tsx"), "FleetPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/fleet/$id",
    component: lazyRouteComponent(() => import("./pages/operator/fleet/member.tsx"), "MemberPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/fleet/upgrade",
    component: lazyRouteComponent(() => import("./pages/operator/upgrade.tsx"), "UpgradePage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/operations",
    component: lazyRouteComponent(() => import("./pages/operator/operations.tsx"), "OperationsPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/doctor",
    validateSearch: ({ deployment }: Record<string, unknown>) => textOf("deployment", deployment),
    component: lazyRouteComponent(() => import("./pages/operator/doctor.tsx"), "DoctorPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/payments",
    validateSearch: readPaymentFilter,
    component: lazyRouteComponent(() => import("./pages/operator/payments.tsx"), "PaymentsPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/installation",
    component: lazyRouteComponent(() => import("./pages/operator/installation.tsx"), "InstallationPage"),
  }),
  createRoute({
    getParentRoute: () => operator,
    path: "/accounts",
    validateSearch: ({ search }: Record<string, unknown>) => textOf("search", search),
    component: lazyRouteComponent(() => import("./pages/operator/accounts.tsx"), "AccountsPage"),
  }),
] as const;

const routeTree = root.addChildren([
  signIn,
  signedIn.addChildren([
    assistants,
    buy,
    assistant.addChildren(tabs),
    ...shortened,
    ...account,
    operator.addChildren(operatorPages),
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: new URL(BASE).pathname,
    context: { queryClient },
    // What a page does not know of its address is none of its own.
    search: { strict: true },
    defaultPreload: "intent",
    defaultErrorComponent: PageError,
    defaultPendingComponent: PagePending,
    defaultNotFoundComponent: PageMissing,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
