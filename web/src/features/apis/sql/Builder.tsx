import { Alert, Button, Checkbox, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import { IconBinaryTree, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Waiting } from "@/components/state/Waiting";
import type { SqlDrawing, SqlTable } from "@/lib/api/types";
import styles from "../apis.module.css";
import {
  blankGroup,
  columnChoices,
  joined,
  keyOf,
  startWith,
  textOf,
  valuesFrom,
  waysOn,
} from "../model/drawing";
import looks from "./builder.module.css";
import { FilterGroup } from "./FilterGroup";
import { OutputItems } from "./OutputItems";
import { drawnQuery } from "./queries";

interface Props {
  sql: string;
  connection: string | null;
  tables: readonly SqlTable[];
  readOnly: boolean;
  /** Writes the drawing into the text, and stays with what it drew. */
  onDraw(drawing: SqlDrawing): void;
  error: unknown;
}

/** The query as a drawing while it can be one; what cannot be drawn stays text, and says why. */
export function Builder({ sql, connection, tables, readOnly, onDraw, error }: Props) {
  const { t } = useTranslation("apis");
  const found = useQuery({ ...drawnQuery(sql, connection), enabled: sql.trim() !== "" });
  if (sql.trim() === "") return <Begin tables={tables} onDraw={onDraw} />;
  if (found.error !== null) return <ProblemNotice error={found.error} />;
  if (found.data === undefined) return <Waiting />;
  const { drawing, reason, line, column } = found.data;
  if (drawing == null)
    return (
      <Alert
        m={12}
        color="warn"
        role="status"
        icon={<IconBinaryTree aria-hidden />}
        title={t("builder.cannot")}
      >
        {t(`builder.why.${reason ?? "other"}`)} {t("sql.at", { line, column }).replace(/:$/, "")}.{" "}
        {t("builder.kept")}
      </Alert>
    );
  return (
    <fieldset className={styles.fieldset} disabled={readOnly}>
      <ProblemNotice error={error} />
      <Drawn drawing={drawing as SqlDrawing} tables={tables} onDraw={onDraw} />
    </fieldset>
  );
}

function Begin({ tables, onDraw }: Pick<Props, "tables" | "onDraw">) {
  const { t } = useTranslation("apis");
  return (
    <div className={styles.inner}>
      <NativeSelect
        label={t("builder.table")}
        data={["", ...tables.map(({ schema_name, name }) => `${schema_name}.${name}`)]}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          const table = tables.find(({ schema_name, name }) => `${schema_name}.${name}` === wanted);
          if (table !== undefined) onDraw(startWith(table));
        }}
      />
    </div>
  );
}

function Drawn({ drawing, tables, onDraw }: { drawing: SqlDrawing } & Pick<Props, "tables" | "onDraw">) {
  const { t } = useTranslation("apis");
  const set = (change: Partial<SqlDrawing>) => onDraw({ ...drawing, ...change });
  const choices = columnChoices(drawing, tables);
  const first = choices[0]?.ref ?? { table: "", column: "id" };
  return (
    <div className={styles.inner}>
      <Sources drawing={drawing} tables={tables} onDraw={onDraw} />
      <OutputItems drawing={drawing} choices={choices} onDraw={onDraw} />
      <section className={looks.part} aria-label={t("builder.filter")}>
        <h3>{t("builder.filter")}</h3>
        {drawing.filter == null ? (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={13} aria-hidden />}
            onClick={() => set({ filter: blankGroup(first) })}
          >
            {t("builder.addFilter")}
          </Button>
        ) : (
          <FilterGroup group={drawing.filter} choices={choices} onChange={(filter) => set({ filter })} />
        )}
      </section>
      <Endings drawing={drawing} choices={choices} set={set} />
    </div>
  );
}

function Sources({ drawing, tables, onDraw }: { drawing: SqlDrawing } & Pick<Props, "tables" | "onDraw">) {
  const { t } = useTranslation("apis");
  const ways = waysOn(drawing, tables);
  const { source, joins } = drawing;
  return (
    <section className={looks.part} aria-label={t("builder.tables")}>
      <h3>{t("builder.tables")}</h3>
      <div className={looks.row}>
        <code>{source.schema_name === "" ? source.name : `${source.schema_name}.${source.name}`}</code>
      </div>
      {joins.map((join, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: joins have no name of their own, and only the last one goes
        <div key={index} className={looks.row}>
          <NativeSelect
            aria-label={t("builder.joinKind", { table: join.source.name })}
            size="xs"
            data={["inner", "left", "right", "full"].map((value) => ({
              value,
              label: t(`builder.join.${value}`),
            }))}
            value={join.kind}
            onChange={(event) => {
              const kind = event.currentTarget.value as typeof join.kind;
              onDraw({
                ...drawing,
                joins: joins.map((each, at) => (at === index ? { ...each, kind } : each)),
              });
            }}
          />
          <code>
            {join.source.name} {join.source.alias}
          </code>
          <span className={styles.note}>
            {join.on.map(({ left, right }) => `${keyOf(left)} = ${keyOf(right)}`).join(", ")}
          </span>
        </div>
      ))}
      {ways.length === 0 ? null : (
        <NativeSelect
          size="xs"
          aria-label={t("builder.addJoin")}
          value=""
          data={[
            { value: "", label: t("builder.addJoin") },
            ...ways.map(({ label }, index) => ({ value: String(index), label })),
          ]}
          onChange={(event) => {
            const way = ways[Number(event.currentTarget.value)];
            if (event.currentTarget.value !== "" && way !== undefined) onDraw(joined(drawing, way));
          }}
        />
      )}
    </section>
  );
}

interface EndingsProps {
  drawing: SqlDrawing;
  choices: ReturnType<typeof columnChoices>;
  set(change: Partial<SqlDrawing>): void;
}

function Endings({ drawing, choices, set }: EndingsProps) {
  const { t } = useTranslation("apis");
  const labels = drawing.columns
    .filter(({ label }) => label !== "")
    .map(({ label }) => ({ value: label, label, ref: { table: "", column: label } }));
  const all = [...labels, ...choices.filter(({ value }) => !labels.some((each) => each.value === value))];
  const options = all.flatMap((each) => [
    { ...each, descending: false },
    { ...each, value: `${each.value} desc`, label: `${each.label} ↓`, descending: true },
  ]);
  const limit = drawing.limit == null ? "" : textOf([drawing.limit]);
  return (
    <section className={looks.part} aria-label={t("builder.ending")}>
      <h3>{t("builder.ending")}</h3>
      <div className={looks.row}>
        <MultiSelect
          className={looks.grow ?? ""}
          label={t("builder.order")}
          searchable
          data={options.map(({ value, label }) => ({ value, label }))}
          value={drawing.order_by.map(({ by, descending }) => `${keyOf(by)}${descending ? " desc" : ""}`)}
          onChange={(chosen) => {
            const kept = new Map(
              drawing.order_by.map((each) => [`${keyOf(each.by)}${each.descending ? " desc" : ""}`, each]),
            );
            const made = chosen.flatMap((value) => {
              const option = options.find((each) => each.value === value);
              const found = kept.get(value);
              if (found !== undefined) return [found];
              return option === undefined ? [] : [{ by: option.ref, descending: option.descending }];
            });
            set({ order_by: made });
          }}
        />
        <TextInput
          label={t("builder.limit")}
          key={limit}
          defaultValue={limit}
          onBlur={(event) => {
            const text = event.currentTarget.value.trim();
            const value = text === "" ? null : valuesFrom(text, "=")[0];
            if (text !== limit && (value === null || value?.type === "number" || value?.type === "parameter"))
              set({ limit: value });
          }}
        />
        <Checkbox
          label={t("builder.distinct")}
          checked={drawing.distinct}
          onChange={(event) => set({ distinct: event.currentTarget.checked })}
        />
      </div>
    </section>
  );
}
