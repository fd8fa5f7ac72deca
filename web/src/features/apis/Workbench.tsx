import { Alert, Button, Group } from "@mantine/core";
import { IconGitMerge } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { Api } from "@/lib/api/types";
import { AddressPanel, DescriptionPanel, LimitsPanel } from "./ApiFields";
import styles from "./apis.module.css";
import { LeaveGuard } from "./LeaveGuard";
import { ParametersPanel } from "./ParametersPanel";
import { SqlPanel } from "./SqlPanel";
import type { ApiEditing } from "./use-api-form";

interface Props {
  editing: ApiEditing;
  shown?: Api;
  readOnly: boolean;
  onRun(): void;
  /** What stands beside the editor. */
  side: ReactNode;
}

/** The editor of an API: the query and what belongs to it. */
export function Workbench({ editing, shown, readOnly, onRun, side }: Props) {
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
          {form.values.logic.type === "sql" ? (
            <SqlPanel editing={editing} readOnly={readOnly} onRun={onRun} />
          ) : (
            <OtherLogic logic={form.values.logic} assetId={shown?.id} />
          )}
          <fieldset className={styles.fieldset} disabled={readOnly}>
            <ParametersPanel form={form} readOnly={readOnly} />
            <LimitsPanel form={form} />
            <DescriptionPanel form={form} />
          </fieldset>
        </div>
        <div className={styles.side}>{side}</div>
      </div>
    </div>
  );
}

interface OtherProps {
  logic: ApiEditing["form"]["values"]["logic"];
  assetId: string | undefined;
}

/** Logic that this editor only shows; it is edited as content of the asset. */
function OtherLogic({ logic, assetId }: OtherProps) {
  const { t } = useTranslation("apis");
  return (
    <Panel
      title={t("logic.title", { type: logic.type })}
      actions={
        assetId === undefined ? null : (
          <Link className={styles.link} to="/assets/$assetId" params={{ assetId }}>
            {t("logic.edit")}
          </Link>
        )
      }
    >
      <pre className={styles.logic}>{JSON.stringify(logic, null, 2)}</pre>
    </Panel>
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
