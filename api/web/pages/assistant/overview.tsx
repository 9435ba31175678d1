// What comes next for an assistant: its slot is paid, it is set up, or how it does.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Deployment, deploymentQuery } from "../../api/deployments.ts";
import { ActivatePanel } from "../buy/activate-form.tsx";
import { PayPanel } from "../buy/pay-panel.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function OverviewTab(): ReactNode {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  return deployment ? <NextFor deployment={deployment} /> : null;
}

function NextFor({ deployment }: { readonly deployment: Deployment }) {
  if (deployment.status === "pending_payment") return <PayPanel deployment={deployment} />;
  if (deployment.status === "purchased") return <ActivatePanel deployment={deployment} />;
  return null;
}
