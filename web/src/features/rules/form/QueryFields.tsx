import { NativeSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { sqlConnectionsQuery, vocabularyQuery } from "@/components/sql/queries";
import { dateTime } from "@/lib/format/times";
import { momentsQuery } from "@/lib/query/moments";
import styles from "../rules.module.css";
import { useField } from "./context";
import { ChoiceField, NumberField, TextField } from "./fields";
import looks from "./form.module.css";

const SqlEditor = lazy(() => import("@/components/sql/SqlEditor"));
const none: never[] = [];

/** Whom the rule asks, what, and when; with the next times that the cron means. */
export function QueryFields() {
  const { t, i18n } = useTranslation("rules");
  const connection = useField("/source/connection", t("field.connection"));
  const statement = useField("/source/statement", t("field.statement"));
  const known = useQuery(sqlConnectionsQuery);
  const key = typeof connection.value === "string" ? connection.value : "";
  const vocabulary = useQuery(vocabularyQuery(key === "" ? null : key));
  const keys = known.data ?? [];
  return (
    <>
      <NativeSelect
        label={t("field.connection")}
        disabled={connection.readOnly}
        error={connection.error}
        value={key}
        data={[
          { value: "", label: t("ownData") },
          ...(key === "" || keys.includes(key) ? keys : [key, ...keys]),
        ]}
        onChange={(event) =>
          connection.set(event.currentTarget.value === "" ? null : event.currentTarget.value)
        }
      />
      <div className={looks.condition}>
        <span className={looks.fieldLabel}>{t("field.statement")}</span>
        <Suspense fallback={<div className={looks.editorSpace} />}>
          <div className={looks.editor}>
            <SqlEditor
              label={t("field.statement")}
              value={typeof statement.value === "string" ? statement.value : ""}
              readOnly={statement.readOnly}
              findings={none}
              vocabulary={vocabulary.data}
              language={i18n.language}
              parameters={none}
              onChange={statement.set}
              onRun={() => undefined}
            />
          </div>
        </Suspense>
        {statement.error === undefined ? null : <p className={styles.bad}>{statement.error}</p>}
      </div>
      <Times />
    </>
  );
}

function Times() {
  const { t, i18n } = useTranslation("rules");
  const cron = useField("/source/cron", t("field.cron")).value;
  const zone = useField("/source/time_zone", t("field.zone")).value;
  const [asked] = useDebouncedValue(`${String(cron ?? "")}|${String(zone ?? "UTC")}`, 300);
  const [line = "", place = "UTC"] = asked.split("|");
  const upcoming = useQuery({ ...momentsQuery(line, place), enabled: line !== "" });
  const next = (upcoming.data?.upcoming ?? [])
    .slice(0, 3)
    .map((moment) => dateTime(new Date(moment), i18n.language));
  return (
    <>
      <div className={looks.grid}>
        <TextField pointer="/source/cron" label={t("field.cron")} hint={t("cronHint")} />
        <TextField pointer="/source/time_zone" label={t("field.zone")} hint={t("zoneHint")} />
        <ChoiceField
          pointer="/source/missed"
          label={t("field.missed")}
          usual="once"
          options={(["skip", "once", "each"] as const).map((each) => ({
            value: each,
            label: t(`missed.${each}`),
          }))}
        />
        <NumberField pointer="/source/timeout_s" label={t("field.timeout")} usual={30} />
      </div>
      <p className={upcoming.error === null ? styles.note : styles.bad} aria-live="polite">
        {upcoming.error === null ? t("nextRuns", { times: next.join(" · ") }) : upcoming.error.message}
      </p>
    </>
  );
}
