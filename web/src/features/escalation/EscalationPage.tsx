import { Button } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { EscalationPolicy } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { DryRun } from "./DryRun";
import styles from "./escalation.module.css";
import { PolicyDialog } from "./PolicyDialog";
import { PolicySentence } from "./PolicySentence";
import { policiesQuery } from "./queries";

export default function EscalationPage() {
  const { t } = useTranslation("escalation");
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const policies = useQuery(policiesQuery);
  const add = may("rules.write") ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t("new")}
    </Button>
  ) : null;
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} actions={add} />}>
      <div className={styles.columns}>
        <StateView
          query={policies}
          isEmpty={({ items }) => items.length === 0}
          empty={
            <Panel>
              <EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />
            </Panel>
          }
        >
          {({ items }) => (
            <div className={styles.policies}>
              {items.map((policy) => (
                <Policy key={policy.id} policy={policy} />
              ))}
            </div>
          )}
        </StateView>
        <Panel title={t("dry.title")} note={t("dry.text")}>
          <DryRun />
        </Panel>
      </div>
      {adding ? <PolicyDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function Policy({ policy }: { policy: EscalationPolicy }) {
  const { t } = useTranslation("escalation");
  const may = useMay();
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={policy.name}
      note={t("position", { position: policy.position })}
      actions={
        may("rules.write") ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} aria-hidden />}
            onClick={() => setEditing(true)}
          >
            {t("edit")}
          </Button>
        ) : null
      }
    >
      <div className={styles.inside}>
        {policy.enabled === false ? <StatusBadge plain tone="idle" label={t("disabled")} /> : null}
        {policy.missing.length === 0 ? null : (
          <StatusBadge plain tone="warn" label={t("missing", { count: policy.missing.length })} />
        )}
        <PolicySentence policy={policy} />
      </div>
      {editing ? <PolicyDialog policy={policy} onClose={() => setEditing(false)} /> : null}
    </Panel>
  );
}
