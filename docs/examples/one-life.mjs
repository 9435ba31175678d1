// One life of an assistant: bought, paid, activated, stopped, brought back, renamed, deleted. Node.js 18 or newer:
//   BASE_URL=http://127.0.0.1:8080 API_KEY=… TELEGRAM_BOT_TOKEN=… MODEL_API_KEY=… node one-life.mjs
const { BASE_URL, API_KEY, TELEGRAM_BOT_TOKEN, MODEL_API_KEY } = process.env;
const POLL_EVERY_MS = 2_000;

const { deploymentId, checkoutUrl } = await call("POST", "/purchase", { apiMode: "byok" });
console.log(`bought ${deploymentId}; pay on ${checkoutUrl}`);
await until("purchased");

await call("POST", `/${deploymentId}/activate`, {
  name: "My API Assistant",
  modelProvider: "anthropic",
  modelId: "claude-sonnet-4-5-20250929",
  telegramBotToken: TELEGRAM_BOT_TOKEN,
  modelApiKey: MODEL_API_KEY,
});
await until("active");

await call("POST", `/${deploymentId}/stop`);
await until("stopped");
await call("POST", `/${deploymentId}/redeploy`, {});
await until("active");

await call("POST", `/${deploymentId}/stop`);
await until("stopped");
const { name } = await call("PATCH", `/${deploymentId}`, { name: "Updated Assistant Name" });
console.log(`renamed to ${name}`);

await call("DELETE", `/${deploymentId}`);
await until("deleted");

async function call(method, path, body) {
  const response = await fetch(`${BASE_URL}/api/v1/assistants${path}`, {
    method,
    headers: {
      "X-API-Key": API_KEY,
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { data, error } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${error.code}: ${error.message}`);
  return data;
}

async function until(wanted) {
  for (;;) {
    const { status, operation } = await call("GET", `/${deploymentId}/status`);
    if (status === wanted) return console.log(status);
    if (status === "failed") throw new Error(`failed: ${operation.error.code}: ${operation.error.message}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}
