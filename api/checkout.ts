// The simulated checkout: a page with one button. No money moves, and the page says so.
import { Router } from "express";
import { findByCheckout } from "../stacks/deployments.ts";
import { notFound } from "../stacks/errors.ts";
import { type Intake, pay } from "../stacks/requests.ts";
import { DeploymentId } from "./contract.ts";

const STYLE = `
  :root { color-scheme: light dark; --ink: #16202c; --soft: #5b6b7c; --paper: #fff; --ground: #eef2f6; --accent: #0b6e6e; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8eef4; --soft: #9fb0c0; --paper: #17212b; --ground: #0e151c; --accent: #2aa5a0; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
         background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { width: 100%; max-width: 26rem; padding: 2rem; border-radius: 1rem; background: var(--paper);
         box-shadow: 0 1rem 3rem rgb(0 0 0 / .12); }
  h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.25rem 0; }
  dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
  button { width: 100%; padding: .8rem; border: 0; border-radius: .6rem; background: var(--accent); color: #fff;
           font: inherit; font-weight: 600; cursor: pointer; }
  button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
  .note { color: var(--soft); font-size: .9rem; } code { font-size: .85em; }`;

/** GET shows the page, POST pays and redirects back to it. */
export function checkout(intake: Intake): Router {
  const router = Router();
  router.get("/:checkoutId", async (request, response) => {
    const deployment = await findByCheckout(intake.sql, checkoutId(request.params.checkoutId));
    if (!deployment || deployment.status === "deleted") throw notFound();
    const isPaid = deployment.status !== "pending_payment";
    response.type("html").send(page(deployment.id, deployment.api_mode, isPaid));
  });
  router.post("/:checkoutId", async (request, response) => {
    await pay(intake, checkoutId(request.params.checkoutId));
    response.redirect(303, request.originalUrl);
  });
  return router;
}

function checkoutId(text: string): string {
  const parsed = DeploymentId.safeParse(text);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

function page(deploymentId: string, apiMode: string, isPaid: boolean): string {
  const title = isPaid ? "This slot is paid" : "Pay for your assistant";
  const action = isPaid
    ? "<p>You can close this page and activate your assistant now.</p>"
    : '<form method="post"><button type="submit">Pay (simulated)</button></form>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title} · Berth</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="note">This is a simulated checkout: no money moves and no card is asked for.</p>
<dl><dt>Slot</dt><dd>one AI assistant</dd><dt>Mode</dt><dd>${apiMode}</dd><dt>Deployment</dt><dd><code>${deploymentId}</code></dd></dl>
${action}
</main>
</body>
</html>
`;
}
