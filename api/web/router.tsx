// The table of pages. Each is loaded when it is opened first.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { BASE } from "./api/client.ts";
import { sessionQuery } from "./api/session.ts";
import { PageError, PageMissing } from "./parts/page-error.tsx";
import { Shell } from "./shell/shell.tsx";

interface Context {
  readonly queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    typeof to === "string" && /^\/(?!\/)/.test(to) ? { to } : {},
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
  component: lazyRouteComponent(() => import("./pages/assistants.tsx"), "AssistantsPage"),
});

const assistant = createRoute({
  getParentRoute: () => signedIn,
  path: "/assistants/$id",
  component: lazyRouteComponent(() => import("./pages/assistant.tsx"), "AssistantPage"),
});

const routeTree = root.addChildren([signIn, signedIn.addChildren([assistants, assistant])]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: new URL(BASE).pathname,
    context: { queryClient },
    defaultPreload: "intent",
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: PageMissing,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
