// `docker:index/container:Container`
import { createBody, networkNames, updateBody } from "./container-body.ts";
import { containerOutputs, neverStarted, unstartedOutputs } from "./container-outputs.ts";
import { CONTAINER_SCHEMA } from "./container-schema.ts";
import { diffInputs } from "./diff.ts";
import { allowing, type Engine } from "./docker.ts";
import { createPulling } from "./image.ts";
import {
  type Change,
  PartlyMade,
  type Properties,
  type Recorded,
  type ResourceKind,
} from "./resource-kind.ts";
import { checkInputs } from "./schema.ts";

const NOT_MODIFIED = 304;

export function container(engine: Engine): ResourceKind {
  const find = (id: string) => engine.docker.getContainer(id);
  const outputs = async (id: string, known: Properties) => containerOutputs(await find(id).inspect(), known);
  return {
    deleteBeforeReplace: true,
    check: (news) => checkInputs(CONTAINER_SCHEMA, news),
    diff: diffContainer,
    async create(inputs) {
      const { id } = await createPulling(engine, createBody(inputs));
      try {
        for (const name of networkNames(inputs).slice(1)) {
          await engine.docker.getNetwork(name).connect({ Container: id });
        }
        if (inputs.start !== false) await find(id).start();
        return { id, outputs: await outputs(id, inputs) };
      } catch (error) {
        throw new PartlyMade(error, id, unstartedOutputs(id, inputs));
      }
    },
    read: (id, known) => allowing([404], outputs(id, known)),
    async update(id, news, old) {
      await find(id).update(updateBody(news, old));
      const isStopped = old.mustRun === false && news.mustRun !== false;
      if (isStopped) await allowing([NOT_MODIFIED], find(id).start());
      return outputs(id, news);
    },
    delete: (id, known) => remove(engine, id, known),
  };
}

function diffContainer(old: Recorded, news: Properties): Change {
  const { diffs, replaces } = diffInputs(CONTAINER_SCHEMA, old, news);
  // Docker can change these limits of a container, but not take them away.
  const lifted = diffs.filter((name) => /^memory(Reservation)?$/.test(name) && !news[name]);
  // A container that was made but never started is always replaced.
  const isHalfMade = neverStarted(old.outputs);
  return {
    diffs: union(diffs, isHalfMade ? ["entrypoints", "networkDatas"] : []),
    replaces: union(replaces, lifted, isHalfMade ? ["entrypoints"] : []),
  };
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

/** Without a grace period the container is killed, as the official plugin does. */
async function remove({ docker, cancelled }: Engine, id: string, known: Properties): Promise<void> {
  const container = docker.getContainer(id);
  const t = Number(known.destroyGraceSeconds ?? 0);
  if (t > 0) await allowing([NOT_MODIFIED, 404], container.stop({ t, abortSignal: cancelled }));
  await allowing([404], container.remove({ force: true, v: known.removeVolumes !== false }));
}
