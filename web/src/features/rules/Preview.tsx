import { Button, Group, NativeSelect } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { Rule, RulePreview } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./rules.module.css";

const choices = [1, 6, 24, 168];

interface Props {
  rule: Rule;
  onFound(intervals: RulePreview["intervals"]): void;
}

/** Replays the saved draft over what is stored, with the engine that runs it live. */
export function Preview({ rule, onFound }: Props) {
  const { t } = useTranslation("rules");
  const [hours, setHours] = useState(1);
  const preview = useMutation({
    mutationFn: () =>
      dataOf<RulePreview>(
        api.POST("/api/v1/rules/{rule_id}/preview", {
          params: { path: { rule_id: rule.id } },
          body: { hours },
        }),
      ),
    onSuccess: ({ intervals }) => onFound(intervals),
  });
  return (
    <Panel title={t("preview.title")}>
      <div className={styles.inner}>
        <Group gap="xs" align="end">
          <NativeSelect
            aria-label={t("preview.window")}
            value={String(hours)}
            onChange={(event) => setHours(Number(event.currentTarget.value))}
            data={choices.map((value) => ({
              value: String(value),
              label: t("preview.hours", { count: value }),
            }))}
          />
          <Button
            variant="default"
            leftSection={<IconHistory size={16} aria-hidden />}
            loading={preview.isPending}
            onClick={() => preview.mutate()}
          >
            {t("preview.run")}
          </Button>
        </Group>
        <ProblemNotice error={preview.error} />
        {preview.data === undefined ? (
          <p className={styles.note}>{t("preview.text")}</p>
        ) : (
          <Outcome data={preview.data} />
        )}
      </div>
    </Panel>
  );
}

function Outcome({ data }: { data: RulePreview }) {
  const { t, i18n } = useTranslation("rules");
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  if (data.failed !== null && data.failed !== undefined) return <p className={styles.bad}>{data.failed}</p>;
  return (
    <>
      <p className={styles.note}>
        {t("preview.facts", { count: data.facts })} {t("preview.fired", { count: data.intervals.length })}
        {data.truncated ? ` ${t("preview.truncated")}` : ""}
      </p>
      <ol className={styles.list}>
        {data.intervals.slice(0, 50).map((one) => (
          <li key={one.key + one.fired_at}>
            <span>{one.title}</span>
            <span className="num">
              {time(one.fired_at)} –{" "}
              {one.resolved_at === null || one.resolved_at === undefined
                ? t("preview.still")
                : time(one.resolved_at)}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
