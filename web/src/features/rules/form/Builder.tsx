import { ActionIcon, NativeSelect, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import looks from "@/components/condition/condition.module.css";
import { GroupBar } from "@/components/condition/GroupBar";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import {
  blankGroup,
  blankRule,
  type DrawnGroup,
  type DrawnPart,
  type DrawnRule,
  isGroup,
  operators,
  replaced,
  takesNone,
  textOf,
  valueFrom,
} from "../model/builder";
import type { Source } from "../model/document";
import type { Seen } from "../model/seen";
import { checkQuery, writeDrawing } from "../queries";
import styles from "../rules.module.css";
import own from "./form.module.css";

interface Props {
  label: string;
  text: string;
  source: Source;
  seen: readonly Seen[];
  onWrite(text: string): void;
}

/** The condition as groups and comparisons. The server draws the text and writes the drawing, so both say the same. */
export function Builder({ label, text, source, seen, onWrite }: Props) {
  const { t } = useTranslation("rules");
  const check = useQuery({ ...checkQuery(text, source), enabled: text.trim() !== "" });
  const [edited, setEdited] = useState<{ of: string; drawing: DrawnGroup } | null>(null);
  const write = useMutation({
    mutationFn: async (drawing: DrawnGroup) => {
      const found = await writeDrawing(drawing, source);
      return { drawing, found };
    },
    onSuccess: ({ drawing, found }) => {
      const next = found.condition;
      if (next === null || next === undefined) return;
      setEdited({ of: next, drawing });
      onWrite(next);
    },
  });
  const empty = { combinator: "and" as const, not: false, rules: [] };
  const server = text.trim() === "" ? empty : check.data?.builder;
  // What is half drawn stays on screen until it can be written.
  const drawing = edited?.of === text ? edited.drawing : server;
  const change = (next: DrawnGroup) => {
    setEdited({ of: text, drawing: next });
    if (next.rules.length > 0) write.mutate(next);
  };
  const wrong = write.data?.found.findings[0]?.message;
  if (check.data?.passes && server === null)
    return <p className={styles.note}>{t("condition.undrawable")}</p>;
  if (drawing === null || drawing === undefined)
    return <p className={styles.note}>{check.data?.findings[0]?.message ?? t("condition.drawing")}</p>;
  return (
    <fieldset className={own.fieldset} aria-label={t("condition.drawingOf", { label })}>
      <Group group={drawing} seen={seen} onChange={(next) => change((next ?? empty) as DrawnGroup)} />
      {wrong === undefined ? null : <p className={styles.bad}>{wrong}</p>}
      <ProblemNotice error={write.error} />
    </fieldset>
  );
}

interface GroupProps {
  group: DrawnGroup;
  seen: readonly Seen[];
  onChange(group: DrawnPart | null): void;
}

function Group({ group, seen, onChange }: GroupProps) {
  const first = seen[0]?.field ?? "value";
  const add = (part: DrawnPart) => onChange({ ...group, rules: [...group.rules, part] });
  return (
    <div className={looks.group}>
      <GroupBar
        combinator={group.combinator ?? "and"}
        negated={group.not ?? false}
        onCombine={(combinator) => onChange({ ...group, combinator })}
        onNegate={(not) => onChange({ ...group, not })}
        onAddCondition={() => add(blankRule(first))}
        onAddGroup={() => add(blankGroup(first))}
      />
      {group.rules.map((part, index) => {
        const change = (next: DrawnPart | null) => onChange(replaced(group, index, next));
        return isGroup(part) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
          <Group key={index} group={part} seen={seen} onChange={change} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
          <Comparison key={index} rule={part} seen={seen} onChange={change} />
        );
      })}
    </div>
  );
}

interface ComparisonProps {
  rule: DrawnRule;
  seen: readonly Seen[];
  onChange(rule: DrawnPart | null): void;
}

function Comparison({ rule, seen, onChange }: ComparisonProps) {
  const { t } = useTranslation("rules");
  const list = useId();
  const { field, operator } = rule;
  const fields = seen.map((each) => each.field);
  const text = textOf(rule.value);
  const values = seen.find((each) => each.field === field)?.values ?? [];
  return (
    <div className={looks.row}>
      <NativeSelect
        size="xs"
        aria-label={t("condition.field")}
        value={field}
        data={fields.includes(field) ? fields : [field, ...fields]}
        onChange={(event) => onChange({ ...rule, field: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        aria-label={t("condition.operator", { field })}
        value={operator}
        data={(operators.includes(operator) ? operators : [operator, ...operators]).map((value) => ({
          value,
          label: t(`operator.${value}`, { defaultValue: value }),
        }))}
        onChange={(event) => {
          const next = event.currentTarget.value as DrawnRule["operator"];
          onChange({ ...rule, operator: next, value: valueFrom(text, { field, operator: next }) });
        }}
      />
      {takesNone(operator) ? null : (
        <>
          <TextInput
            size="xs"
            className={looks.grow ?? ""}
            aria-label={t("condition.value", { field })}
            list={list}
            key={text}
            defaultValue={text}
            onBlur={(event) => {
              const typed = event.currentTarget.value;
              if (typed !== text) onChange({ ...rule, value: valueFrom(typed, rule) });
            }}
          />
          <datalist id={list}>
            {values.map((value) => (
              <option key={value} value={value.replace(/^'|'$/g, "")} />
            ))}
          </datalist>
        </>
      )}
      <ActionIcon
        size="sm"
        variant="subtle"
        aria-label={t("remove", { name: field })}
        onClick={() => onChange(null)}
      >
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}
