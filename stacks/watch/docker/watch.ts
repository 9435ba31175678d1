// Looks at the container engine whenever it reports a change, and every half minute. All workers share one engine: what it
// does not have is gone. Workers of several hosts, each with an engine of its own, could not know.
import type Docker from "dockerode";
import { unlessGone } from "../../../infra/docker/client.ts";
import { crashFacts } from "../../../infra/docker/crash-facts.ts";
import { followEngine } from "../../../infra/docker/events.ts";
import {
  asking,
  lookClosely,
  NOTHING,
  type Observation,
  type ObservedContainer,
  observe,
  readLastLines,
} from "../../../infra/docker/observe.ts";
import { counted } from "../../../infra/sentences.ts";
import type { Place } from "../../../infra/target.ts";
import { someAtOnce, untilStopped } from "../../async.ts";
import { claimFolder } from "../../data-folder.ts";
import { stackWorkDir } from "../../pulumi/stack-config.ts";
import {
  type Compare,
  type Crash,
  compareRegularly,
  type DriftParts,
  type Found,
  type LastLook,
  type Observer,
} from "../drift-watch.ts";
import type { Settled } from "../observations.ts";
import { CrashLoops } from "./crash-loop.ts";
import { difference, ownContainer } from "./drift.ts";
import { type Look, NextLook } from "./next-look.ts";

const PERIOD_MS = 30_000;
/** A restarting engine is soon back. */
const AWAY_AFTER_MS = 3_000;
const LOOKS_AT_ONCE = 8;

/** Starts watching. The returned function ends that. */
export function watchEngine(parts: DriftParts, place: Place): () => Promise<void> {
  return untilStopped(async (signal) => {
    const due = new NextLook(PERIOD_MS, signal);
    const observer = new EngineObserver(due, parts.settings);
    await Promise.all([followEngine(due, signal), compareRegularly(parts, place, observer, signal)]);
  });
}

class EngineObserver implements Observer {
  readonly name = "the container engine";
  readonly awayAfterMs = AWAY_AFTER_MS;
  readonly #due: NextLook;
  readonly #settings: DriftParts["settings"];
  readonly #loops = new CrashLoops();
  /** What the look that is due is about. */
  #look: Look = { ids: undefined, isClose: () => false };

  constructor(due: NextLook, settings: DriftParts["settings"]) {
    this.#due = due;
    this.#settings = settings;
  }

  async untilDue(last: LastLook): Promise<readonly string[] | undefined> {
    this.#look = await this.#due.untilDue(last);
    return this.#look.ids;
  }

  async look(deployments: readonly Settled[], compare: Compare): Promise<void> {
    const isAboutAll = this.#look.ids === undefined;
    const observed = await observe(isAboutAll ? undefined : deployments.map(({ id }) => id));
    await someAtOnce(deployments, LOOKS_AT_ONCE, (deployment) =>
      compare(deployment, () => this.#find(deployment, observed.get(deployment.id) ?? NOTHING)),
    );
    if (isAboutAll) this.#loops.keepOnly(containersOf(observed));
  }

  async #find(deployment: Settled, listed: Observation): Promise<Found> {
    const own = ownContainer(deployment, listed);
    const isClose =
      own && (this.#look.isClose(deployment.id) || deployment.seen || difference(deployment, listed));
    const observed = isClose ? await withCloseLook(listed, own) : listed;
    const latest = ownContainer(deployment, observed);
    if (latest && deployment.status === "active" && this.#loops.note(latest, Date.now()))
      return { crash: await this.#crashOf(deployment, latest) };
    return { difference: difference(deployment, observed) };
  }

  async #crashOf({ id: deploymentId }: Settled, { id, close }: ObservedContainer): Promise<Crash> {
    const folder = stackWorkDir(this.#settings, deploymentId);
    // An operation that begins waits for what measures, and one that has begun has the volume to itself.
    const whileFree = async <T>(measure: () => Promise<T>) => {
      const claim = await claimFolder(folder);
      return claim && measure().finally(() => claim.release());
    };
    const facts = (docker: Docker) => crashFacts(docker.getContainer(id), whileFree).catch(unlessGone);
    return {
      detail: `Its container has ended ${counted(close?.restarts ?? 0, "time")}.`,
      howItEnds: (await asking(facts)) ?? counted(close?.restarts ?? 0, "restart"),
      lastLines: await readLastLines(id),
    };
  }
}

async function withCloseLook(listed: Observation, own: ObservedContainer): Promise<Observation> {
  const closely = await lookClosely(own.id);
  const others = listed.containers.filter((container) => container !== own);
  return { ...listed, containers: closely ? [...others, closely] : others };
}

function containersOf(observed: ReadonlyMap<string, Observation>): Set<string> {
  return new Set([...observed.values()].flatMap(({ containers }) => containers.map(({ id }) => id)));
}
