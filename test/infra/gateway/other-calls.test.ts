import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { json } from "../../support/gateway/fake-provider.ts";
import { type GatewayUnderTest, startGateway } from "../../support/gateway/gateway-under-test.ts";
import { TOKEN } from "../../support/gateway/memory-access.ts";

const BEARER = { authorization: `Bearer ${TOKEN}` };

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
beforeEach(() => {
  gateway.access.asked.length = 0;
  gateway.access.settled.length = 0;
});
afterAll(() => gateway.close());

async function settled() {
  await expect.poll(() => gateway.access.settled.length).toBe(1);
  return gateway.access.settled[0];
}

describe("calls that are no conversation", () => {
  it("a recording is passed on byte for byte, and counted by its length", async () => {
    gateway.provider.answer = json({ text: "Hello", usage: { type: "duration", seconds: 5 } });
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array([1, 2, 255, 13, 10, 45, 45])]), "a.ogg");
    form.set("model", "whisper-1");
    const url = `${gateway.url}/openai/v1/audio/transcriptions`;
    const answer = await fetch(url, { method: "POST", headers: BEARER, body: form });
    expect(answer.status).toBe(200);
    expect(gateway.access.asked[0]).toMatchObject({ provider: "openai", model: "whisper-1" });
    expect(gateway.provider.received.at(-1)?.body).toContain('name="model"\r\n\r\nwhisper-1');
    expect(await settled()).toMatchObject({ microdollars: 500 });
  });
  it("a recording that is sent as JSON is refused", async () => {
    const headers = { ...BEARER, "content-type": "application/json" };
    const url = `${gateway.url}/openai/v1/audio/transcriptions`;
    expect((await fetch(url, { method: "POST", headers, body: '{"model":"x"}' })).status).toBe(400);
    expect(gateway.access.asked).toEqual([]);
  });
  it("speech tells no usage: it counts at its worst", async () => {
    gateway.provider.answer = ({ response }) => {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      response.end(Buffer.from([255, 251, 0]));
    };
    const headers = { ...BEARER, "content-type": "application/json" };
    const body = '{"model":"gpt-4o-mini-tts","input":"Hello","voice":"alloy"}';
    const answer = await fetch(`${gateway.url}/openai/v1/audio/speech`, { method: "POST", headers, body });
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([255, 251, 0]);
    expect(await settled()).toMatchObject({ usage: null, microdollars: null });
    expect(gateway.access.asked[0]?.worst.microdollars).toBeGreaterThan(0);
  });
  it.each([
    "/openai/v1/models",
    "/anthropic/v1/models?limit=1000",
    "/google/v1beta/models?pageSize=50",
    "/openrouter/api/v1/models",
    "/xai/v1/models",
  ])("the list %s costs nothing and is about no model", async (path) => {
    gateway.provider.answer = json({ data: [] });
    const headers = { ...BEARER, "x-api-key": TOKEN, "x-goog-api-key": TOKEN };
    expect((await fetch(gateway.url + path, { headers })).status).toBe(200);
    expect(gateway.access.asked[0]).toMatchObject({ model: null, worst: { tokens: 0, microdollars: 0 } });
    expect(await settled()).toMatchObject({ status: 200, microdollars: 0, usage: { input: 0, output: 0 } });
  });
  it("tokens that are only counted cost nothing, and name their model", async () => {
    gateway.provider.answer = json({ input_tokens: 12 });
    const headers = { "x-api-key": TOKEN, "content-type": "application/json" };
    const body = '{"model":"claude-sonnet-5","messages":[]}';
    await fetch(`${gateway.url}/anthropic/v1/messages/count_tokens`, { method: "POST", headers, body });
    expect(gateway.access.asked[0]).toMatchObject({ model: "claude-sonnet-5", worst: { tokens: 0 } });
    expect(await settled()).toMatchObject({ microdollars: 0 });
  });
});

describe("a base URL", () => {
  it.each(["", "/", "/v1", "/v1/"])("that ends with «%s» leads to the same path", async (end) => {
    const other = await startGateway({ baseUrls: { openai: gateway.provider.url + end } });
    gateway.provider.answer = json({ data: [] });
    await fetch(`${other.url}/openai/v1/models`, { headers: BEARER });
    expect(gateway.provider.received.at(-1)?.request.url).toBe("/v1/models");
    await other.close();
  });
  it("with a path of its own keeps it", async () => {
    const other = await startGateway({ baseUrls: { openai: `${gateway.provider.url}/proxy/v1` } });
    await fetch(`${other.url}/openai/v1/models`, { headers: BEARER });
    expect(gateway.provider.received.at(-1)?.request.url).toBe("/proxy/v1/models");
    await other.close();
  });
});
