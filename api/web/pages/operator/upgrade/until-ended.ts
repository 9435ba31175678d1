// Waits for the end of an upgrade: reads the deployment when an event is about it.
import { type FleetMember, readMember } from "../../../api/fleet.ts";
import { onEvent } from "../../../api/live.ts";
import { ANY_CHANGE, isAbout } from "../../../api/use-events.ts";

/** An event may be missed while the stream is lost: so long at most until the next look. */
const LOOK_AFTER_MS = 5_000;
/** A server that is being restarted goes on with what it has accepted. */
const SERVER_AWAY_MS = 120_000;

/** @throws Refusal when Berth has not answered for two minutes */
export async function untilEnded(id: string, operationId: string): Promise<FleetMember> {
  for (let heardAt = performance.now(); ; ) {
    const isNew = nextEventOf(id);
    const found = await readMember(id).catch((error: unknown) => {
      if (performance.now() - heardAt > SERVER_AWAY_MS) throw error;
    });
    if (found) heardAt = performance.now();
    if (found && (found.operation?.id !== operationId || found.operation.finishedAt !== null)) return found;
    await isNew;
  }
}

async function nextEventOf(id: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const ends: (() => void)[] = [];
    const over = () => {
      clearTimeout(timer);
      for (const end of ends) end();
      resolve();
    };
    const timer = setTimeout(over, LOOK_AFTER_MS);
    for (const name of ANY_CHANGE)
      ends.push(
        onEvent(name, (data) => {
          if (isAbout(data, id)) over();
        }),
      );
  });
}
