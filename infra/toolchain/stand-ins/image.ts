// Creating a container whose image may have to be pulled first.
import type { Container, ContainerCreateOptions } from "dockerode";
import { allowing, type Engine, engineMessage } from "./docker.ts";

/** Asks for the container at once: the image is there nearly always. */
export async function createPulling(engine: Engine, body: ContainerCreateOptions): Promise<Container> {
  const image = String(body.Image);
  const made = await allowing([404], engine.docker.createContainer(body));
  if (made) return made;
  const isThere = await allowing([404], engine.docker.getImage(image).inspect());
  if (!isThere) await pull(engine, image);
  return engine.docker.createContainer(body);
}

async function pull({ docker, cancelled }: Engine, image: string): Promise<void> {
  try {
    const progress = await docker.pull(withTag(image), { abortSignal: cancelled });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    throw new Error(
      `Unable to find image '${image}' locally, and it can't be pulled: ${engineMessage(error)}`,
    );
  }
}

/** Without a tag Docker would pull every tag there is. */
function withTag(image: string): string {
  return /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
}
