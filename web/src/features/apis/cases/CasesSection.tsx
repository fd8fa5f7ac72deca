import { Button, NativeSelect } from "@mantine/core";
import { IconDeviceFloppy, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import type { ApiCases } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { type CaseForm, formOf } from "../model/cases";
import { useApiCases, versionsQuery } from "../queries";
import { CaseDialog } from "./CaseDialog";
import { CaseLine } from "./CaseLine";
import styles from "./cases.module.css";
import { useCaseSteps } from "./use-cases";

interface Props {
  apiId: string;
  /** What was just tried, as a new case. */
  tried(): CaseForm;
  ensureSaved(): Promise<unknown>;
}

/** Saved cases of an API, run on the draft or any version the way callers are served. */
export function CasesSection({ apiId, tried, ensureSaved }: Props) {
  const { t } = useTranslation("apis");
  const writes = useMay()("apis.write");
  const cases = useApiCases(apiId);
  const steps = useCaseSteps(apiId, ensureSaved);
  const [version, setVersion] = useState(0);
  const [edited, setEdited] = useState<{ id: string | null; form: CaseForm } | null>(null);
  return (
    <section className={styles.frame} aria-label={t("cases.title")}>
      <div className={styles.bar}>
        <h3 className={styles.heading}>{t("cases.title")}</h3>
        {writes ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDeviceFloppy size={14} aria-hidden />}
            onClick={() => setEdited({ id: null, form: tried() })}
          >
            {t("cases.save")}
          </Button>
        ) : null}
        <Target apiId={apiId} version={version} onChange={setVersion} />
        <Button
          size="compact-sm"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={steps.run.isPending}
          disabled={(cases.data?.length ?? 0) === 0}
          onClick={() => steps.run.mutate({ version, ids: [] })}
        >
          {t("cases.run")}
        </Button>
        <Ran ran={steps.run.data ?? null} />
      </div>
      <ProblemNotice error={steps.run.error ?? steps.remove.error ?? (edited ? null : steps.save.error)} />
      <StateView
        query={cases}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("cases.none.title")} text={t("cases.none.text")} />
        }
      >
        {(rows) => (
          <ul className={styles.list}>
            {rows.map((shown) => (
              <CaseLine
                key={shown.id}
                shown={shown}
                version={version}
                steps={steps}
                writes={writes}
                onEdit={() => setEdited({ id: shown.id, form: formOf(shown) })}
              />
            ))}
          </ul>
        )}
      </StateView>
      {edited === null ? null : (
        <CaseDialog id={edited.id} start={edited.form} save={steps.save} onClose={() => setEdited(null)} />
      )}
    </section>
  );
}

/** The draft, or one of the versions. */
function Target(props: { apiId: string; version: number; onChange(version: number): void }) {
  const { t } = useTranslation("apis");
  const versions = useQuery(versionsQuery(props.apiId));
  const found = versions.data?.items ?? [];
  return (
    <NativeSelect
      size="xs"
      aria-label={t("cases.on")}
      value={String(props.version)}
      data={[
        { value: "0", label: t("cases.draft") },
        ...found.map(({ version }) => ({
          value: String(version),
          label: t("common:object.version", { version }),
        })),
      ]}
      onChange={(event) => props.onChange(Number(event.currentTarget.value))}
    />
  );
}

function Ran({ ran }: { ran: ApiCases | null }) {
  const { t } = useTranslation("apis");
  return (
    <span className={styles.note} role="status">
      {ran === null ? "" : t("cases.ran", { passed: ran.passed, failed: ran.failed })}
      {ran !== null && ran.skipped > 0 ? ` · ${t("cases.skipped", { count: ran.skipped })}` : ""}
    </span>
  );
}
