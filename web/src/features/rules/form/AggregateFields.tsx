import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isObject, type JsonObject } from "@/lib/json/pointer";
import { factSource, type RuleOf } from "../model/document";
import { windowSentence } from "../model/words";
import { seenQuery } from "../queries";
import styles from "../rules.module.css";
import { ConditionField } from "./ConditionField";
import { useField, useRuleForm } from "./context";
import { NumberField } from "./fields";
import looks from "./form.module.css";

const windows = ["tumbling", "hopping", "sliding", "session"] as const;
const functions = ["count", "sum", "avg", "min", "max", "stddev", "percentile", "distinct", "rate"] as const;

/** A window in time, what is measured over it, and the condition over the measures. */
export function AggregateFields() {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  const say = (key: string, values?: Record<string, unknown>) => t(key as "title", values ?? {});
  const measures = (Array.isArray(content["measures"]) ? content["measures"] : []).filter(isObject);
  const names = measures.map(({ name }) => String(name));
  const whole = isObject(content["window"]);
  return (
    <>
      {whole ? (
        <p className={looks.sentence} aria-live="polite">
          {windowSentence(content as unknown as RuleOf<"aggregate">, say)}
        </p>
      ) : null}
      <WindowFields />
      <ConditionField pointer="/condition" label={t("field.counts")} hint={t("countsHint")} optional />
      <Measures />
      <ConditionField pointer="/having" label={t("field.having")} hint={t("havingHint")} names={names} />
    </>
  );
}

function WindowFields() {
  const { t } = useTranslation("rules");
  const { value, readOnly, set } = useField("/window", t("field.window"));
  const window = isObject(value) ? value : {};
  const size = Number(window["size_s"] ?? window["gap_s"] ?? 300);
  const fits = (type: string): JsonObject => {
    if (type === "session") return { type, gap_s: size };
    return type === "hopping" ? { type, size_s: size, slide_s: size / 5 } : { type, size_s: size };
  };
  const isSession = window["type"] === "session";
  return (
    <div className={looks.grid}>
      <NativeSelect
        label={t("field.window")}
        disabled={readOnly}
        value={String(window["type"] ?? "tumbling")}
        data={windows.map((type) => ({ value: type, label: t(`window.${type}`) }))}
        onChange={(event) => set(fits(event.currentTarget.value))}
      />
      <NumberField
        key={isSession ? "gap" : "size"}
        pointer={isSession ? "/window/gap_s" : "/window/size_s"}
        label={isSession ? t("field.gap") : t("field.size")}
      />
      {window["type"] === "hopping" ? (
        <NumberField pointer="/window/slide_s" label={t("field.slide")} />
      ) : null}
    </div>
  );
}

function Measures() {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  const { value, error, readOnly, set } = useField("/measures", t("field.measures"));
  const source = factSource(content);
  const seen = useQuery(seenQuery(source));
  const rows = (Array.isArray(value) ? value : []).filter(isObject);
  const edit = (index: number, change: JsonObject) =>
    set(rows.with(index, measured({ ...rows[index], ...change })));
  return (
    <fieldset className={looks.fieldset} disabled={readOnly}>
      <legend className={looks.legend}>{t("field.measures")}</legend>
      <datalist id="measured">
        {(seen.data ?? []).map(({ field }) => (
          <option key={field} value={field} />
        ))}
      </datalist>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["name", "function", "of", "at"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`measure.${column}`)}
              </th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Measure
              // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is edited
              key={index}
              row={row}
              index={index}
              onEdit={(change) => edit(index, change)}
              onRemove={() => set(rows.filter((_, at) => at !== index))}
            />
          ))}
        </tbody>
      </table>
      {error === undefined ? null : <p className={styles.bad}>{error}</p>}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} aria-hidden />}
        onClick={() => set([...rows, { name: `measure${rows.length + 1}`, function: "count" }])}
      >
        {t("measure.add")}
      </Button>
    </fieldset>
  );
}

/** What a function has no use for goes: `at` is for percentiles, count needs no column. */
function measured(row: JsonObject): JsonObject {
  const { at, of, ...rest } = row;
  const takesNone = rest["function"] === "count" || rest["function"] === "rate";
  return {
    ...rest,
    ...(of === undefined || of === null || of === "" ? (takesNone ? {} : { of: "value" }) : { of }),
    ...(rest["function"] === "percentile" ? { at: at ?? 0.95 } : {}),
  };
}

interface MeasureProps {
  row: JsonObject;
  index: number;
  onEdit(change: JsonObject): void;
  onRemove(): void;
}

function Measure({ row, index, onEdit, onRemove }: MeasureProps) {
  const { t } = useTranslation("rules");
  const at = (column: string) =>
    t("measure.cell", { column: t(`measure.${column as "name"}`), index: index + 1 });
  return (
    <tr>
      <td>
        <TextInput
          size="xs"
          aria-label={at("name")}
          value={String(row["name"] ?? "")}
          onChange={(event) => onEdit({ name: event.currentTarget.value })}
        />
      </td>
      <td>
        <NativeSelect
          size="xs"
          aria-label={at("function")}
          value={String(row["function"])}
          data={functions.map((value) => ({ value, label: t(`function.${value}`) }))}
          onChange={(event) => {
            const next = event.currentTarget.value;
            onEdit({ function: next, ...(next === "count" || next === "rate" ? { of: null } : {}) });
          }}
        />
      </td>
      <td>
        <TextInput
          size="xs"
          aria-label={at("of")}
          list="measured"
          value={String(row["of"] ?? "")}
          onChange={(event) => onEdit({ of: event.currentTarget.value })}
        />
      </td>
      <td>
        {row["function"] === "percentile" ? <NumberField pointer={`/measures/${index}/at`} label="" /> : null}
      </td>
      <td>
        <ActionIcon
          size="sm"
          variant="subtle"
          aria-label={t("remove", { name: String(row["name"]) })}
          onClick={onRemove}
        >
          <IconX size={14} aria-hidden />
        </ActionIcon>
      </td>
    </tr>
  );
}
