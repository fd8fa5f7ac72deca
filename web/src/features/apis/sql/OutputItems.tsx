import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SqlDrawing } from "@/lib/api/types";
import { type Aggregate, aggregates, type Choice, type Item, keyOf, regrouped } from "../model/drawing";
import looks from "./builder.module.css";
import { RemovePart } from "./RemovePart";

interface Props {
  drawing: SqlDrawing;
  choices: readonly Choice[];
  onDraw(drawing: SqlDrawing): void;
}

const rows = "*";

/** Columns of the answer, each as it is or summed up; none is all of them. */
export function OutputItems({ drawing, choices, onDraw }: Props) {
  const { t } = useTranslation("apis");
  const { columns } = drawing;
  const set = (next: Item[]) => onDraw(regrouped({ ...drawing, columns: next }));
  return (
    <section className={looks.part} aria-label={t("builder.columns")}>
      <h3>{t("builder.columns")}</h3>
      {columns.length === 0 ? <p className={looks.note}>{t("builder.allColumns")}</p> : null}
      {columns.map((item, index) => (
        <OneItem
          // biome-ignore lint/suspicious/noArrayIndexKey: the same column may stand twice
          key={index}
          item={item}
          choices={choices}
          onChange={(next) =>
            set(columns.flatMap((each, at) => (at === index ? (next === null ? [] : [next]) : [each])))
          }
        />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} aria-hidden />}
        disabled={choices.length === 0}
        onClick={() => {
          const free = choices.find(
            ({ ref }) => !columns.some(({ of }) => of != null && keyOf(of) === keyOf(ref)),
          );
          const chosen = free ?? choices[0];
          if (chosen !== undefined) set([...columns, { of: chosen.ref, label: "" }]);
        }}
      >
        {t("builder.addColumn")}
      </Button>
    </section>
  );
}

interface OneProps {
  item: Item;
  choices: readonly Choice[];
  onChange(item: Item | null): void;
}

function OneItem({ item, choices, onChange }: OneProps) {
  const { t } = useTranslation("apis");
  const name = item.of == null ? rows : keyOf(item.of);
  const known = choices.map(({ value, label }) => ({ value, label }));
  const options =
    known.some(({ value }) => value === name) || name === rows
      ? known
      : [{ value: name, label: name }, ...known];
  const summed = (aggregate: Aggregate | null) => {
    const of = aggregate !== "count" && item.of == null ? (choices[0]?.ref ?? null) : item.of;
    const label = aggregate !== null && item.label === "" ? aggregate.replace(" ", "_") : item.label;
    onChange({ ...item, aggregate, of: of ?? null, label });
  };
  return (
    <div className={looks.row}>
      <NativeSelect
        size="xs"
        aria-label={t("builder.aggregate", { name })}
        value={item.aggregate ?? ""}
        data={[{ value: "", label: t("builder.asItIs") }, ...aggregates]}
        onChange={(event) => summed((event.currentTarget.value || null) as Aggregate | null)}
      />
      <NativeSelect
        size="xs"
        aria-label={t("builder.column")}
        value={name}
        data={item.aggregate === "count" ? [{ value: rows, label: t("builder.rows") }, ...options] : options}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          const ref = choices.find(({ value }) => value === wanted)?.ref ?? null;
          onChange({ ...item, of: wanted === rows ? null : (ref ?? item.of ?? null) });
        }}
      />
      <TextInput
        size="xs"
        aria-label={t("builder.label", { name })}
        placeholder={t("builder.labelHint")}
        key={item.label}
        defaultValue={item.label}
        maxLength={63}
        onBlur={(event) => {
          if (event.currentTarget.value !== item.label)
            onChange({ ...item, label: event.currentTarget.value });
        }}
      />
      <RemovePart name={name} onRemove={() => onChange(null)} />
    </div>
  );
}
