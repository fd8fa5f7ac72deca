import { SegmentedControl, TagsInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { Escalation, Severity } from "@/lib/api/types";
import { shortTime } from "@/lib/format/times";
import { useNow } from "@/lib/time/now";
import styles from "./escalation.module.css";
import { readLabels, severities, type toBody } from "./model";
import { supposeQuery } from "./queries";

/** If such an incident opened now and nobody did anything: who would be told when. With a policy: by that one, saved or not. */
export function DryRun({ policy }: { policy?: ReturnType<typeof toBody> }) {
  const { t } = useTranslation("escalation");
  const [severity, setSeverity] = useState<Severity>("critical");
  const [labels, setLabels] = useState<string[]>([]);
  const supposed = useQuery({
    ...supposeQuery({ severity, labels: readLabels(labels), policy }),
    placeholderData: keepPreviousData,
  });
  return (
    <div className={styles.inside}>
      <SegmentedControl
        size="xs"
        aria-label={t("dry.severity")}
        value={severity}
        onChange={(value) => setSeverity(value as Severity)}
        data={severities.map((value) => ({ value, label: t(`common:severity.${value}`) }))}
      />
      {policy === undefined ? (
        <TagsInput
          w="100%"
          label={t("dry.labels")}
          placeholder={labels.length === 0 ? "service=payment" : ""}
          value={labels}
          onChange={setLabels}
        />
      ) : null}
      <StateView
        query={supposed}
        compact
        isEmpty={(data) => data.policy === null}
        empty={<EmptyState kind="nothing" compact title={t("dry.none.title")} text={t("dry.none.text")} />}
      >
        {(data) => <Told supposed={data} />}
      </StateView>
    </div>
  );
}

function Told({ supposed }: { supposed: Escalation }) {
  const { t, i18n } = useTranslation("escalation");
  const now = useNow();
  const lines = [
    ...supposed.steps.map((step) => ({
      ...step,
      label: t("dry.step", { step: step.step + 1, round: step.round + 1 }),
    })),
    ...supposed.breaches.map((breach) => ({ ...breach, label: t(`dry.breach.${breach.kind}`) })),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  return (
    <>
      <p className={styles.note}>{t("dry.by", { policy: supposed.policy })}</p>
      <ol className={styles.told}>
        {lines.map(({ at, label, told }) => (
          <li key={`${at} ${label}`}>
            <span className="num">{shortTime(new Date(at), now, i18n.language)}</span>
            <div>
              <span className={styles.note}>{label}</span>
              {told.map((one) => (
                <OneTold key={`${one.type} ${one.id}`} told={one} />
              ))}
              {told.length === 0 ? <span className={styles.note}>{t("dry.nobody")}</span> : null}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function OneTold({ told }: { told: Escalation["steps"][number]["told"][number] }) {
  const { t } = useTranslation("escalation");
  const who = told.people.map(({ name }) => name).join(", ") || told.name;
  if (told.problem !== null)
    return (
      <div>
        <StatusBadge plain tone="warn" label={t(`problem.${told.problem}`)} /> {who}
      </div>
    );
  return (
    <div>
      <strong>{who}</strong>
      {told.type === "channel" ? null : ` → ${told.channels.join(", ")}`}
      {told.type === "schedule" ? <span className={styles.note}> ({told.name})</span> : null}
    </div>
  );
}
