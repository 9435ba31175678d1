// What keeps an assistant's processes apart from those of others: the user that they run as, and the system calls that they may
// make.
import { IMAGE_UID } from "../../../infra/assistant/image-contract.ts";
import { seccompOption } from "../../../infra/docker/seccomp/option.ts";
import { isUidOf, uidIn } from "../../../infra/docker/user.ts";
import { addressAt } from "../../deployments/addresses.ts";
import { type Check, type Complaint, error, fact, inWords, REDEPLOY, warning } from "../check.ts";
import type { OfContainer } from "./picture.ts";

const OWN_PROFILE = "Berth's seccomp profile";

export const CONFINEMENT_CHECKS: readonly Check<OfContainer>[] = [
  { name: "user", look: hasUserOfItsOwn },
  fact("security-options", "Its container's security options", securityOptions, (of) => [
    "no-new-privileges",
    // An engine without seccomp takes none, and doctor says so of the engine.
    ...(securityOptions(of).includes(OWN_PROFILE) ? [OWN_PROFILE] : []),
  ]),
];

/** What a version before has made is the image's user: so are others of that time, and often somebody of the host. */
function hasUserOfItsOwn({ picture, container }: OfContainer): Complaint[] {
  const { User } = container.inspected.Config;
  const { address } = picture.deployment;
  const uid = uidIn(User);
  const isOwn =
    uid !== undefined && address !== null && isUidOf(addressAt(picture.settings, address).hostPort, uid);
  if (isOwn) return [];
  const message = `Its container's user: expected one of its own, found ${inWords(User)}`;
  if (uid !== IMAGE_UID) return [error(`${message}.`, REDEPLOY)];
  return [
    warning(
      `${message}, which other assistants may be, too: they share limits of the kernel, and a login user with that id on this host can read its secrets.`,
      `${REDEPLOY} Its data is given to its new user then.`,
    ),
  ];
}

/** Profiles are long. */
function securityOptions(of: OfContainer): string[] {
  const options: string[] = of.container.inspected.HostConfig.SecurityOpt ?? [];
  const own = seccompOption();
  return options.map((option) => {
    if (option === own) return OWN_PROFILE;
    return option.startsWith("seccomp={") ? "another seccomp profile" : option;
  });
}
