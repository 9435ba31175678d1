// An assistant's data as they are on the disk, file by file.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { extract } from "tar-stream";
import { STATE_PATH } from "../../infra/assistant/image-contract.ts";
import { docker } from "./docker.ts";

/** Path → mode, owner, and the content's digest or where a link leads to. The mounted secrets are none of the data. */
export async function stateOf(deploymentId: string): Promise<Record<string, string>> {
  const packed = await docker.getContainer(`berth-${deploymentId}`).getArchive({ path: STATE_PATH });
  const files: Record<string, string> = {};
  const reader = extract();
  reader.on("entry", ({ name, mode, uid, gid, type, linkname }, body, next) => {
    const hash = createHash("sha256");
    body.on("data", (piece) => hash.update(piece as Buffer));
    body.on("end", () => {
      const content = type === "file" ? hash.digest("hex") : (linkname ?? "");
      if (!name.endsWith("/.env")) files[name] = [type, mode?.toString(8), uid, gid, content].join(" ");
      next();
    });
  });
  packed.pipe(reader);
  await once(reader, "finish");
  return files;
}
