// Receives Berth's callbacks. `npm install standardwebhooks`, then: CALLBACK_SECRET=whsec_… PORT=9000 node receiver.mjs
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.CALLBACK_SECRET); // whsec_…, from GET /:id/callback-secret
const seen = new Set(); // keep it in your database

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  try {
    const event = webhook.verify(body, request.headers);
    const id = request.headers["webhook-id"];
    if (!seen.has(id)) console.log(event.type, event.data.deploymentId);
    seen.add(id);
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end();
  }
}).listen(process.env.PORT, () => console.log("listening"));
