// The world of the fakes from inside its network, where an assistant would ask: names, https, and who is told what.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../../infra/assistant/openclaw.ts";
import { newBotToken } from "../berth.ts";
import { docker } from "../docker.ts";
import { keptAuthority } from "./ca.ts";
import { canOpenWorld, openWorld, type World } from "./conversation.ts";

const SLICE = 62;
const KEY = "key-canary-0123456789";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)("the world of the fakes (skipped without root and a nameserver)", () => {
  const token = newBotToken();
  const getMe = `https://api.telegram.org/bot${token}/getMe`;
  let world: World;
  let caFile: string;
  beforeAll(async () => {
    caFile = (await keptAuthority()).file;
    world = await openWorld(SLICE, { certified: ["clawhub.ai"] });
  });
  afterAll(() => world.close());

  /** What curl prints, or why it does not. */
  function curl(...args: readonly string[]): Promise<string> {
    const inside = [
      "netns",
      "exec",
      `berth-test-${SLICE}`,
      "curl",
      "-sS",
      "-m",
      "120",
      "--cacert",
      caFile,
      ...args,
    ];
    return promisify(execFile)("ip", inside).then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => stderr,
    );
  }

  it("the fakes are at their real names, with a certificate of the CA's", async () => {
    expect(JSON.parse(await curl(getMe))).toMatchObject({ ok: true, result: { is_bot: true } });
    const list = await curl("-H", `x-api-key: ${KEY}`, "https://api.anthropic.com/v1/models");
    expect(JSON.parse(list)).toMatchObject({ has_more: false });
    await expect.poll(() => world.models.calls).toMatchObject([{ provider: "anthropic", kind: "list" }]);
  });

  it("another host has no certificate but by wish, answers nothing, and what it is told is seen", async () => {
    expect(await curl("https://exfiltration.example/")).toContain("no alternative certificate subject name");
    expect(await curl("-H", `Authorization: Bearer ${KEY}`, "https://clawhub.ai/v1/feeds")).toContain(
      "nothing here",
    );
    expect(await curl("http://plain.example/x")).toContain("nothing here");
    await expect
      .poll(() => world.elsewhere)
      .toMatchObject([
        { host: "exfiltration.example", keys: {} },
        { host: "clawhub.ai", method: "GET", path: "/v1/feeds", keys: { authorization: `Bearer ${KEY}` } },
        { host: "plain.example", path: "/x", keys: {} },
      ]);
    expect(await world.hostsThatSaw(KEY)).toEqual(["api.anthropic.com", "clawhub.ai"]);
    expect(await world.hostsThatSaw(token)).toEqual(["api.telegram.org"]);
  });

  it("Telegram refuses connections while it is away, and the providers do not", async () => {
    await world.telegram.fail("refused");
    expect(await curl(getMe)).toContain("Failed to connect");
    expect(await curl("https://api.x.ai/v1/models")).toContain("Unauthenticated");
    await world.telegram.recover();
    expect(await curl(getMe)).toContain('"ok":true');
  });

  it("the image differs from its base in what it trusts", async () => {
    const [base, own] = await Promise.all(
      [DEFAULT_ASSISTANT_IMAGE, `${world.environment.BERTH_ASSISTANT_IMAGE}`].map((image) =>
        docker.getImage(image).inspect(),
      ),
    );
    const { Env, Cmd, Entrypoint, User, WorkingDir, Labels, ExposedPorts } = own?.Config ?? {};
    expect({ Cmd, Entrypoint, User, WorkingDir, Labels, ExposedPorts }).toEqual({
      Cmd: base?.Config.Cmd,
      Entrypoint: base?.Config.Entrypoint,
      User: base?.Config.User,
      WorkingDir: base?.Config.WorkingDir,
      Labels: base?.Config.Labels,
      ExposedPorts: base?.Config.ExposedPorts,
    });
    const trust = ["NODE_USE_SYSTEM_CA=1", "SSL_CERT_FILE=/opt/tests-ca.pem"];
    expect(Env).toEqual([...(base?.Config.Env ?? []), ...trust]);
  });
});
