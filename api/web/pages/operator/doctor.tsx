// What is not as it should be: examined when a button is pressed, grouped by what to do.
import { Button, Checkbox, Code, Group, List, Text } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { berthNow } from "../../api/clock.ts";
import { type Examination, runDoctor } from "../../api/operator.ts";
import { CopyableCode } from "../../parts/copyable-code.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { useAction } from "../../parts/use-action.ts";
import { asText, byAdvice, gapsOf, summaryOf } from "./doctor/group.ts";
import { ToDoCard } from "./doctor/to-do-card.tsx";

const route = getRouteApi("/signed-in/operator/doctor");

export function DoctorPage() {
  const { deployment } = route.useSearch();
  const [rehearses, setRehearses] = useState(false);
  const [sofar, setSofar] = useState<readonly Examination[]>([]);
  const leaving = useRef<AbortController>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const examination = useAction({
    mutationFn: async () => {
      setSofar([]);
      leaving.current = new AbortController();
      const examined = await runDoctor({ deployment, rehearses }, leaving.current.signal, setSofar);
      return { examined, at: new Date(berthNow()).toISOString() };
    },
  });
  const { data, isPending, error } = examination;
  return (
    <Page
      title="Doctor"
      isNarrow
      intro={`Compares ${deployment ? "one deployment" : "every deployment, and the installation itself,"} with what it should be. It changes nothing of them.`}
    >
      {deployment && (
        <Text>
          Deployment <Code>{deployment}</Code>{" "}
          <PageLink to="/operator/doctor" search={{}} underline="always">
            Examine all instead
          </PageLink>
        </Text>
      )}
      <Checkbox
        label="Rehearse an operation on a throw-away stack first"
        checked={rehearses}
        onChange={(event) => setRehearses(event.currentTarget.checked)}
      />
      <Group>
        <Button loading={isPending} onClick={() => examination.mutate()}>
          {data ? "Examine again" : "Examine"}
        </Button>
        {isPending && <Text role="status">{summaryOf(sofar)} so far</Text>}
        {data && !isPending && (
          <Text role="status">
            {summaryOf(data.examined)}, <Moment at={data.at} />
          </Text>
        )}
      </Group>
      <RefusalAlert error={error} />
      {data && !isPending && <Report examined={data.examined} />}
    </Page>
  );
}

function Report({ examined }: { readonly examined: readonly Examination[] }) {
  const todos = byAdvice(examined);
  const gaps = gapsOf(examined);
  const text = plainText(asText(examined));
  return (
    <>
      {todos.length === 0 && <Text>Everything is as it should be.</Text>}
      {todos.map((todo) => (
        <ToDoCard key={todo.advice} todo={todo} />
      ))}
      {gaps.length > 0 && (
        <Section title="Not checked">
          <List>
            {gaps.map(([gap, count]) => (
              <List.Item key={gap}>
                {plainText(gap)} (for {count})
              </List.Item>
            ))}
          </List>
        </Section>
      )}
      <CopyableCode label="As text" text={text} mostHeight={400} />
    </>
  );
}
