import { NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import looks from "@/components/condition/condition.module.css";
import { GroupBar } from "@/components/condition/GroupBar";
import {
  blankComparison,
  blankGroup,
  type Choice,
  type Comparison,
  type Condition,
  type Group,
  keyOf,
  type Operator,
  operators,
  replaced,
  textOf,
  valuesFrom,
} from "../model/drawing";

import { RemovePart } from "./RemovePart";

interface GroupProps {
  group: Group;
  choices: readonly Choice[];
  onChange(group: Group | null): void;
}

/** Conditions joined by and/or, groups within groups. */
export function FilterGroup({ group, choices, onChange }: GroupProps) {
  const first = choices[0]?.ref ?? { table: "", column: "id" };
  const add = (item: Condition) => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={looks.group}>
      <GroupBar
        combinator={group.combinator}
        negated={group.negated}
        onCombine={(combinator) => onChange({ ...group, combinator })}
        onNegate={(negated) => onChange({ ...group, negated })}
        onAddCondition={() => add(blankComparison(first))}
        onAddGroup={() => add(blankGroup(first))}
      />
      {group.items.map((item, index) => {
        const change = (next: Condition | null) => onChange(replaced(group, index, next));
        return item.type === "group" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
          <FilterGroup key={index} group={item} choices={choices} onChange={change} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
          <OneCondition key={index} item={item} choices={choices} onChange={change} />
        );
      })}
    </div>
  );
}

interface ConditionProps {
  item: Comparison;
  choices: readonly Choice[];
  onChange(item: Condition | null): void;
}

function OneCondition({ item, choices, onChange }: ConditionProps) {
  const { t } = useTranslation("apis");
  const name = keyOf(item.left);
  const known = choices.map(({ value, label }) => ({ value, label }));
  const text = textOf(item.values ?? []);
  const takesNone = item.operator === "is null" || item.operator === "is not null";
  return (
    <div className={looks.row}>
      <NativeSelect
        size="xs"
        aria-label={t("builder.column")}
        value={name}
        data={known.some(({ value }) => value === name) ? known : [{ value: name, label: name }, ...known]}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          const left = choices.find(({ value }) => value === wanted)?.ref ?? item.left;
          onChange({ ...item, left });
        }}
      />
      <NativeSelect
        size="xs"
        aria-label={t("builder.operator", { name })}
        value={item.operator}
        data={[...operators]}
        onChange={(event) => {
          const operator = event.currentTarget.value as Operator;
          onChange({ ...item, operator, values: valuesFrom(text, operator) });
        }}
      />
      {takesNone ? null : (
        <TextInput
          size="xs"
          className={looks.grow ?? ""}
          aria-label={t("builder.value", { name })}
          placeholder={t("builder.valueHint")}
          key={text}
          defaultValue={text}
          onBlur={(event) => {
            const typed = event.currentTarget.value;
            if (typed !== text) onChange({ ...item, values: valuesFrom(typed, item.operator) });
          }}
        />
      )}
      <RemovePart name={name} onRemove={() => onChange(null)} />
    </div>
  );
}
