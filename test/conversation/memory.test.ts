// What an assistant was told it still knows, whatever has happened to Berth, to its container, its image or its slot since.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newBotToken } from "../support/berth.ts";
import { Chat, FIRST_ANSWER_MS } from "../support/conversation/chat.ts";
import { ACTIVE_MS, canOpenWorld, openWorld, type World } from "../support/conversation/conversation.ts";
import { imageWith, removeImage } from "../support/conversation/image.ts";
import { crash } from "../support/docker.ts";
import { kill } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { strike } from "../support/faults/strike.ts";

const SLICE = 64;
const HELLO = "Hello, my word is MARZIPAN.";
const TEST_MS = 2 * ACTIVE_MS + FIRST_ANSWER_MS;
/** Writes over all of its data, and ends. */
const RUINING = "for file in $(find /home/node/.openclaw -type f); do echo ruined > $file; done; exit 1";

const canOpen = await canOpenWorld();

describe.skipIf(!canOpen)(
  "what was said first (skipped without root and a nameserver) is known after",
  {
    timeout: TEST_MS,
  },
  () => {
    const images: string[] = [];
    let world: World;
    let server: Server;
    let chat: Chat;

    beforeAll(async () => {
      world = await openWorld(SLICE);
      server = await Server.start(SLICE, { settings: world.environment });
      chat = new Chat({ world, berth: server, id: await server.buy(), token: newBotToken() });
      await chat.begin(HELLO);
    }, TEST_MS);
    afterAll(async () => {
      await server?.close();
      for (const image of images) await removeImage(image);
      world?.close();
    });

    it("Berth was killed: who writes meanwhile is answered, and the next Berth goes on", async () => {
      const before = await chat.containerId();
      await kill(server.folder, "everything");
      await server.untilEnded();
      await remembers("Is anybody in charge?");
      await server.start();
      await chat.told(({ channel }) => channel?.state === "polling");
      await remembers("And now?");
      expect(await chat.containerId()).toBe(before);
      const { lastAnswerAt, lastMessageAt } = await chat.told((now) => now.lastAnswerAt >= now.lastMessageAt);
      expect(lastMessageAt).not.toBeNull();
      expect(lastAnswerAt).not.toBeNull();
    });

    it("Berth was killed in the midst of a redeploy, which the next one carries out", async () => {
      await chat.stop();
      const moment = { event: "Container assistant started" };
      const hasCome = await strike(server, chat.id, { call: "redeploy", moment, victim: "everything" });
      expect(hasCome).toBe(true);
      const { status, operation } = await chat.told((now) => now.operation.finishedAt !== null, ACTIVE_MS);
      expect({ status, operation }).toMatchObject({ status: "active", operation: { state: "succeeded" } });
      await remembers("Were you killed, too?");
    });

    it("its container was killed by hand: status says so, and redeploy brings it up", async () => {
      execFileSync("docker", ["kill", `berth-${chat.id}`], { stdio: "pipe" });
      const { drift } = await chat.told((now) => now.drift !== null);
      expect(drift).toMatchObject({ seen: { state: "ended" } });
      expect(await chat.redeploy()).toMatchObject({ state: "succeeded" });
      await chat.told((now) => now.drift === null);
      await remembers("Were you ended?");
    });

    it("OpenClaw was killed: its container comes back by itself", async () => {
      const before = await chat.containerId();
      crash(chat.id);
      await remembers("Did you crash?");
      expect(await chat.containerId()).toBe(before);
    });

    it("it was backed up and restored into another slot, with another bot", async () => {
      const { body } = await server.call("POST", `${chat.id}/backups`);
      await untilReady(String(body.data?.backupId));
      const other = new Chat({ world, berth: server, id: await server.buy(), token: newBotToken() });
      const restored = await other.operation("POST", "restore", { backupId: body.data?.backupId });
      expect(restored).toMatchObject({ kind: "restore", state: "succeeded" });
      await other.activate();
      await remembers("What is my word?", other);
      await other.remove();
      await remembers("And you, who stayed?");
    });

    it("it was upgraded, and an upgrade that ruins its data has come back", async () => {
      const { BERTH_ASSISTANT_IMAGE: image = "" } = world.environment;
      const next = await imageWith(image, `next-${process.pid}`, "LABEL berth.test=next");
      images.push(next);
      expect(await chat.redeploy({ image: next })).toMatchObject({ state: "succeeded" });
      await remembers("Are you another one?");

      const ruining = await imageWith(image, `ruining-${process.pid}`, `CMD ["sh", "-c", "${RUINING}"]`);
      images.push(ruining);
      const ended = await chat.redeploy({ image: ruining });
      expect(ended).toMatchObject({ state: "failed", error: { code: "UPGRADE_ROLLED_BACK" } });
      expect((await chat.status()).status).toBe("active");
      await remembers("Are you well again?");
    });

    /** Asks something, and expects the model to be shown what was said first. */
    async function remembers(question: string, by = chat): Promise<void> {
      const answer = await by.answerTo(question, { timeoutMs: FIRST_ANSWER_MS });
      expect(answer).toContain(`turns: ${HELLO} /`);
    }

    async function untilReady(backupId: string): Promise<void> {
      for (const deadline = Date.now() + ACTIVE_MS; Date.now() < deadline; await sleep(200)) {
        const { body } = await server.call("GET", `${chat.id}/backups/${backupId}`);
        const { state } = body.data as unknown as { state: string };
        if (state !== "running") return expect(state).toBe("ready");
      }
      throw new Error("The backup was not made in time.");
    }
  },
);
