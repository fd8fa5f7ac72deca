import { Button, Group, Modal, NativeSelect, Stack } from "@mantine/core";
import { IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { Waiting } from "@/components/state/Waiting";
import type { Rule, RuleCaseBody } from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { useMay } from "@/lib/query/me";
import { newCase } from "../model/cases";
import { ruleCasesQuery, versionsQuery } from "../queries";
import styles from "../rules.module.css";
import { CaseLine } from "./CaseLine";
import { CoverageShown } from "./CoverageShown";
import { type CaseSteps, useCaseSteps } from "./use-cases";

const DocumentText = lazy(() => import("@/components/draft/DocumentText"));

interface Props {
  rule: Rule;
  /** Whether the server has what is on screen. */
  ensureSaved(): Promise<boolean>;
}

export interface Edited {
  id: string | null;
  body: RuleCaseBody;
}

/** Saved cases: facts in, expected firings out, played on the draft or any version by the engine that runs live. */
export function TestsTab({ rule, ensureSaved }: Props) {
  const { t } = useTranslation("rules");
  const writes = useMay()("rules.write");
  const cases = useQuery(ruleCasesQuery(rule.id));
  const steps = useCaseSteps(rule.id, ensureSaved);
  const [version, setVersion] = useState(0);
  const [editing, setEditing] = useState<Edited | null>(null);
  return (
    <Panel title={t("tests.title")}>
      <div className={styles.inner}>
        <p className={styles.note}>{t("tests.text")}</p>
        {writes ? (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => setEditing({ id: null, body: newCase(rule.definition) })}
            >
              {t("tests.add")}
            </Button>
            <Target id={rule.id} version={version} onChange={setVersion} />
            <Button
              size="compact-sm"
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              loading={steps.run.isPending}
              disabled={(cases.data?.length ?? 0) === 0}
              onClick={() => steps.run.mutate({ version, ids: [] })}
            >
              {t("tests.run")}
            </Button>
            <span className={styles.note} role="status">
              {steps.run.data
                ? t("tests.ran", { passed: steps.run.data.passed, failed: steps.run.data.failed })
                : ""}
            </span>
          </Group>
        ) : null}
        <ProblemNotice error={steps.run.error ?? steps.remove.error} />
        <StateView
          query={cases}
          compact
          isEmpty={(rows) => rows.length === 0}
          empty={
            <EmptyState kind="nothing" compact title={t("tests.none.title")} text={t("tests.none.text")} />
          }
        >
          {(rows) => (
            <ul className={styles.cases}>
              {rows.map((shown) => (
                <CaseLine
                  key={shown.id}
                  shown={shown}
                  writes={writes}
                  steps={steps}
                  version={version}
                  onEdit={() => setEditing({ id: shown.id, body: shown.body })}
                />
              ))}
            </ul>
          )}
        </StateView>
        {steps.run.data ? <CoverageShown coverage={steps.run.data.coverage} /> : null}
      </div>
      {editing === null ? null : (
        <CaseDialog key={editing.id} edited={editing} steps={steps} onClose={() => setEditing(null)} />
      )}
    </Panel>
  );
}

function Target(props: { id: string; version: number; onChange(version: number): void }) {
  const { t } = useTranslation("rules");
  const versions = useQuery(versionsQuery(props.id));
  return (
    <NativeSelect
      size="xs"
      aria-label={t("tests.on")}
      value={String(props.version)}
      data={[
        { value: "0", label: t("tests.draft") },
        ...(versions.data?.items ?? []).map(({ version }) => ({
          value: String(version),
          label: t("common:object.version", { version }),
        })),
      ]}
      onChange={(event) => props.onChange(Number(event.currentTarget.value))}
    />
  );
}

interface DialogProps {
  edited: Edited;
  steps: CaseSteps;
  onClose(): void;
}

/** A case as it stands in a file: what is saved here can be kept there, and the other way round. */
function CaseDialog({ edited, steps, onClose }: DialogProps) {
  const { t } = useTranslation("rules");
  const [body, setBody] = useState(edited.body as unknown as JsonObject);
  const save = () =>
    steps.save.mutate({ id: edited.id, body: body as unknown as RuleCaseBody }, { onSuccess: onClose });
  return (
    <Modal opened onClose={onClose} size="xl" title={t(edited.id === null ? "tests.add" : "tests.edit")}>
      <Stack gap="sm">
        <p className={styles.note}>{t("tests.hint")}</p>
        <Suspense fallback={<Waiting />}>
          <DocumentText format="yaml" value={body} flaws={[]} readOnly={false} onChange={setBody} />
        </Suspense>
        <ProblemNotice error={steps.save.error} />
        <Group justify="flex-end">
          <Button loading={steps.save.isPending} onClick={save}>
            {t("tests.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
