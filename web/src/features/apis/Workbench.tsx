import { Alert, Button, Group } from "@mantine/core";
import { IconGitMerge } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { Api, ApiRun } from "@/lib/api/types";
import { AddressPanel, DescriptionPanel, LimitsPanel } from "./ApiFields";
import styles from "./apis.module.css";
import { LeaveGuard } from "./LeaveGuard";
import { LogicPanel, TypeChoice } from "./LogicPanel";
import { ParametersPanel } from "./ParametersPanel";
import { TermsPanel } from "./TermsPanel";
import type { ApiEditing } from "./use-api-form";

interface Props {
  editing: ApiEditing;
  shown?: Api;
  readOnly: boolean;
  /** What the last trial gave. */
  trial?: { data: ApiRun | null | undefined; error: unknown };
  /** What is typed for a trial. */
  values?: Record<string, string>;
  onRun(): void;
  /** What stands beside the editor. */
  side: ReactNode;
}

const unfilled = {};
const untried = { data: undefined, error: null };

/** The editor of an API: its logic and what belongs to it. */
export function Workbench({
  editing,
  shown,
  readOnly,
  trial = untried,
  values = unfilled,
  onRun,
  side,
}: Props) {
  const { form, save } = editing;
  return (
    <div className={styles.frame}>
      <LeaveGuard dirty={() => form.isDirty()} />
      <div className={styles.columns}>
        <div className={styles.stack}>
          {shown !== undefined && editing.overtaken ? (
            <Conflict editing={editing} shown={shown} />
          ) : (
            <ProblemNotice error={save.error} />
          )}
          <fieldset className={styles.fieldset} disabled={readOnly}>
            <AddressPanel form={form} />
          </fieldset>
          {shown === undefined ? <TypeChoice editing={editing} /> : null}
          <LogicPanel editing={editing} readOnly={readOnly} trial={trial} values={values} onRun={onRun} />
          <fieldset className={styles.fieldset} disabled={readOnly}>
            <ParametersPanel form={form} readOnly={readOnly} />
            <LimitsPanel form={form} />
            <TermsPanel form={form} />
            <DescriptionPanel form={form} />
          </fieldset>
        </div>
        <div className={styles.side}>{side}</div>
      </div>
    </div>
  );
}

/** Somebody else saved first: nobody's work is thrown away without being asked. */
function Conflict({ editing, shown }: { editing: ApiEditing; shown: Api }) {
  const { t } = useTranslation("apis");
  const { form, save, takeTheirs } = editing;
  return (
    <Alert color="warn" role="alert" icon={<IconGitMerge aria-hidden />} title={t("conflict.title")}>
      {save.error === null ? "" : `${save.error.message} `}
      {t("conflict.text")}
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" variant="default" onClick={() => void takeTheirs(shown.id)}>
          {t("conflict.theirs")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate({ values: form.getValues(), over: true })}
        >
          {t("conflict.mine")}
        </Button>
      </Group>
    </Alert>
  );
}
