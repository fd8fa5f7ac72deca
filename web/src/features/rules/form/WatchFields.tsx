import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { kindOf } from "../model/document";
import { eventTypesQuery, metricNamesQuery } from "../queries";
import { useField, useRuleForm } from "./context";
import { NumberField, TextField, WordsField } from "./fields";
import looks from "./form.module.css";

/** What the rule watches and how it is parted into keys: samples of a metric, or events. */
export function WatchFields() {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  const { value, readOnly, set } = useField("/source", t("field.watches"));
  const isEvent =
    typeof value === "object" && value !== null && !Array.isArray(value) && value["type"] === "event";
  const late =
    kindOf(content) === "anomaly" ? null : (
      <NumberField pointer="/late_s" label={t("field.late")} hint={t("lateHint")} />
    );
  return (
    <>
      <SegmentedControl
        aria-label={t("field.watches")}
        disabled={readOnly}
        value={isEvent ? "event" : "metric"}
        data={[
          { value: "metric", label: t("source.metric") },
          { value: "event", label: t("source.event") },
        ]}
        onChange={(next) =>
          set(
            next === "metric"
              ? { type: "metric", metric: "cpu.usage" }
              : { type: "event", event_type: null, source: null },
          )
        }
      />
      {isEvent ? <EventFields /> : <MetricField />}
      <div className={looks.grid}>
        <WordsField
          pointer="/keys"
          label={t("field.keys")}
          hint={isEvent ? t("keysHint.event") : t("keysHint.metric")}
          none={null}
        />
        {late}
      </div>
    </>
  );
}

function MetricField() {
  const { t } = useTranslation("rules");
  const names = useQuery(metricNamesQuery);
  return (
    <>
      <TextField pointer="/source/metric" label={t("field.metric")} list="metric-names" />
      <Offered id="metric-names" words={names.data ?? []} />
    </>
  );
}

function EventFields() {
  const { t } = useTranslation("rules");
  const types = useQuery(eventTypesQuery);
  const sources = (types.data ?? []).flatMap(({ sources: found }) => found.map(({ value }) => String(value)));
  return (
    <div className={looks.grid}>
      <TextField
        pointer="/source/event_type"
        label={t("field.eventType")}
        hint={t("anyHint")}
        empty={null}
        list="event-types"
      />
      <TextField
        pointer="/source/source"
        label={t("field.eventSource")}
        hint={t("anyHint")}
        empty={null}
        list="event-sources"
      />
      <Offered id="event-types" words={(types.data ?? []).map(({ type }) => type)} />
      <Offered id="event-sources" words={[...new Set(sources)]} />
    </div>
  );
}

function Offered({ id, words }: { id: string; words: readonly string[] }) {
  return (
    <datalist id={id}>
      {words.map((word) => (
        <option key={word} value={word} />
      ))}
    </datalist>
  );
}
