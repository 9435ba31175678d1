import { Code } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { Moment } from "../../../parts/moment.tsx";
import { OPERATION_KINDS, OPERATION_STATES } from "../../../parts/operation-words.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { spent } from "../../../parts/spend-meter.tsx";
import { bytes } from "../../../parts/units.ts";
import { Facts } from "../facts.tsx";
import { imageStanding, shortImage } from "./image-standing.ts";

export function MemberFacts({ member }: { readonly member: FleetMember }) {
  const { account, image, latest, modelProvider, modelId, operation, stateUsedBytes } = member;
  const standing = imageStanding(member);
  return (
    <Facts
      facts={[
        {
          name: "Account",
          value: (
            <PageLink to="/operator/fleet" search={{ account }} inherit>
              <bdi>{account}</bdi>
            </PageLink>
          ),
        },
        { name: "Id", value: <Code>{member.deploymentId}</Code> },
        { name: "Model", value: modelId === null ? "–" : `${modelProvider}/${modelId}` },
        {
          name: "Image",
          value: standing ? `${standing.word}: ${standing.sentence}` : `None yet, to be ${image.reference}`,
        },
        { name: "Runs", value: image.pinned === null ? "–" : <Code>{shortImage(image.pinned)}</Code> },
        {
          name: "An upgrade brings",
          value: latest === null ? "What is pulled then" : <Code>{shortImage(latest)}</Code>,
        },
        {
          name: "Data",
          value: stateUsedBytes === null ? "Not measured yet" : bytes(stateUsedBytes),
        },
        { name: "Spent this month", value: spent(member.present.month) },
        { name: "Last activity", value: <Moment at={member.lastActivityAt} /> },
        {
          name: "Latest operation",
          value: operation ? (
            <>
              {OPERATION_KINDS[operation.kind]}, {OPERATION_STATES[operation.state].word.toLowerCase()}{" "}
              <Moment at={operation.finishedAt ?? operation.createdAt} />
            </>
          ) : (
            "None yet"
          ),
        },
      ]}
    />
  );
}
