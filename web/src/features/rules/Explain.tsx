import { Button, Group, NativeSelect } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api, dataOf } from "@/lib/api/client";
import type { Explanation, Rule } from "@/lib/api/types";
import { digits } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { candidates, valuesText, verdictOf } from "./explain";
import { ruleAlertsQuery, watchedSeriesQuery } from "./queries";
import styles from "./rules.module.css";

interface Props {
  rule: Rule;
}

/** Why a key fires now, or why not: the first part of the condition that fails, and how far off it is. */
export function Explain({ rule }: Props) {
  const { t } = useTranslation("rules");
  const inForce = rule.published_version !== null;
  return (
    <Panel title={t("explain.title")}>
      <div className={styles.inner}>
        {inForce ? <Asked rule={rule} /> : <p className={styles.note}>{t("explain.unpublished")}</p>}
      </div>
    </Panel>
  );
}

function Asked({ rule }: Props) {
  const { t } = useTranslation("rules");
  const keys = useCandidates(rule);
  const [picked, setPicked] = useState<string | null>(null);
  const explain = useMutation({
    mutationFn: (key: string) =>
      dataOf<Explanation>(
        api.POST("/api/v1/rules/{rule_id}/explanation", {
          params: { path: { rule_id: rule.id } },
          body: { key },
        }),
      ),
  });
  const key = picked ?? keys[0]?.key;
  if (key === undefined) return <p className={styles.note}>{t("explain.none")}</p>;
  return (
    <>
      <Group gap="xs" align="end" wrap="nowrap">
        <NativeSelect
          aria-label={t("explain.about")}
          value={key}
          onChange={(event) => setPicked(event.currentTarget.value)}
          data={keys.map((one) => ({ value: one.key, label: one.label }))}
        />
        <Button
          variant="default"
          leftSection={<IconHelpCircle size={16} aria-hidden />}
          loading={explain.isPending}
          onClick={() => explain.mutate(key)}
        >
          {t("explain.run")}
        </Button>
      </Group>
      <ProblemNotice error={explain.error} />
      <div aria-live="polite">
        {explain.data === undefined ? (
          <p className={styles.note}>{t("explain.text")}</p>
        ) : (
          <Answer answer={explain.data} />
        )}
      </div>
    </>
  );
}

function Answer({ answer }: { answer: Explanation }) {
  const { t, i18n } = useTranslation("rules");
  const { word, tone } = verdictOf(answer);
  const number = (value: number) => digits(value, i18n.language);
  const failing = answer.failing ?? null;
  const held = answer.held_s ?? null;
  const pairs: [string, ReactNode][] = [];
  if (failing !== null) {
    pairs.push([t("explain.part"), <code key="part">{failing.part}</code>]);
    pairs.push([t("explain.read"), <code key="read">{valuesText(failing.values, number)}</code>]);
    if (typeof failing.distance === "number")
      pairs.push([t("explain.distance"), <b key="off">{number(failing.distance)}</b>]);
  } else if (answer.last_fact_at) {
    pairs.push([t("explain.read"), <code key="read">{valuesText(answer.last_values ?? {}, number)}</code>]);
  }
  if (held !== null && word === "pending")
    pairs.push([
      t("explain.held"),
      t("explain.heldOf", { held: number(held), wanted: number(answer.for_s) }),
    ]);
  if (answer.last_fact_at) pairs.push([t("explain.last"), <TimeAgo key="last" at={answer.last_fact_at} />]);
  return (
    <div className={styles.answer}>
      <StatusBadge tone={tone} label={t(`explain.verdict.${word}.title`)} />
      <p className={styles.note}>{t(`explain.verdict.${word}.text`)}</p>
      <Pairs pairs={pairs} />
      <Reading answer={answer} />
      <AlertLink id={answer.alert_id ?? null} />
    </div>
  );
}

/** What the answer rests on, where that is not all there is. */
function Reading({ answer }: { answer: Explanation }) {
  const { t, i18n } = useTranslation("rules");
  const { cut, baseline, read_from } = answer;
  if (!read_from) return null;
  const time = dateTime(new Date(read_from), i18n.language);
  return (
    <>
      {cut ? <p className={styles.note}>{t("explain.cut", { time })}</p> : null}
      {baseline ? <p className={styles.note}>{t(`explain.baseline.${baseline}`, { time })}</p> : null}
    </>
  );
}

function AlertLink({ id }: { id: string | null }) {
  const { t } = useTranslation("rules");
  return id === null ? null : (
    <Link className={styles.link} to="/alerts" search={{ selected: id }}>
      {t("explain.alert")}
    </Link>
  );
}

function useCandidates({ id, definition }: Rule) {
  const source = definition.kind === "composite" ? null : definition.source;
  const bySeries =
    definition.kind !== "composite" && (definition.keys === null || definition.keys === undefined);
  const metric = source?.type === "metric" && bySeries ? source.metric : null;
  const alerts = useQuery(ruleAlertsQuery(id));
  const series = useQuery({ ...watchedSeriesQuery(metric ?? ""), enabled: metric !== null });
  return candidates({ alerts: alerts.data ?? [], series: series.data ?? [] });
}
