// Stand-in for `pulumi-resource-docker` where the official plugin can't be had. It answers as that one does, so a
// stack made with one goes on under the other; test/infra/toolchain/stand-in-docker.test.ts replays the official answers.

import { pluginVersion } from "../versions.ts";
import { container } from "./container.ts";
import { connect, engineMessage } from "./docker.ts";
import { network } from "./network.ts";
import type { Provider } from "./provider.ts";
import { volume } from "./volume.ts";

export const dockerProvider: Provider = {
  version: pluginVersion("@pulumi/docker"),
  configure({ host }, cancelled) {
    const engine = { docker: connect(typeof host === "string" ? host : undefined), cancelled };
    return {
      "docker:index/container:Container": container(engine),
      "docker:index/network:Network": network(engine),
      "docker:index/volume:Volume": volume(engine),
    };
  },
  messageOf: engineMessage,
};
