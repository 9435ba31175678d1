// The page of a checkout. A simulated one has a button to pay by: no money moves, and the page says so. To Polar's,
// its customers come back after they have paid.
import type { RequestHandler } from "express";
import { type Deployment, findByCheckout } from "../../stacks/deployments/deployments.ts";
import { notFound } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { pay } from "../../stacks/operations/pay.ts";
import { checkoutPageUrl, type Payments, type Shop } from "../../stacks/payments/payments.ts";
import { DeploymentId } from "../contract/requests.ts";

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

const SIMULATED_NOTE = "This is a simulated checkout: no money moves and no card is asked for.";
const PAID = {
  title: "This slot is paid",
  action: "<p>You can close this page and activate your assistant now.</p>",
};
const UNPAID = {
  simulated: {
    title: "Pay for your assistant",
    action: '<form method="post"><button type="submit">Pay (simulated)</button></form>',
  },
  polar: {
    title: "Your payment is not confirmed yet",
    action: "<p>If you have paid, this takes a moment; you can close this page, or reload it.</p>",
  },
} as const;

export function checkoutPage({
  sql,
  payments,
}: LifecycleContext & { readonly payments: Payments }): RequestHandler {
  return async (request, response) => {
    const deployment = await findByCheckout(sql, checkoutId(request.params.checkoutId));
    if (!deployment || deployment.status === "deleted") throw notFound();
    response.type("html").send(page(deployment, payments.kind));
  };
}

/** Pays where payments are simulated, and redirects back to the page: at Berth's public address, whatever the caller's is. */
export function payCheckout(context: LifecycleContext & Pick<Shop, "publicUrl">): RequestHandler {
  return async (request, response) => {
    const id = checkoutId(request.params.checkoutId);
    await pay(context, id);
    response.redirect(303, checkoutPageUrl(context.publicUrl, id));
  };
}

function checkoutId(text: unknown): string {
  const parsed = DeploymentId.safeParse(text);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

function page({ id, api_mode, status }: Deployment, kind: Payments["kind"]): string {
  const { title, action } = status === "pending_payment" ? UNPAID[kind] : PAID;
  const note = kind === "simulated" ? `<p class="note">${SIMULATED_NOTE}</p>` : "";
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
${note}
<dl><dt>Slot</dt><dd>one AI assistant</dd><dt>Mode</dt><dd>${api_mode}</dd><dt>Deployment</dt><dd><code>${id}</code></dd></dl>
${action}
</main>
</body>
</html>
`;
}
