import { NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AskPlan, AskStep } from "@/lib/api/types";
import { itemIdsOf, limitOf, withStep } from "../model/plan";
import { ItemsField } from "./ItemsField";
import styles from "./plan.module.css";

interface Props {
  step: AskStep;
  plan: AskPlan;
  onChange(plan: AskPlan): void;
}

type Metric = Extract<AskStep, { kind: "metric" }>;
const aggregates: readonly NonNullable<Metric["aggregate"]>[] = [
  "avg",
  "min",
  "max",
  "sum",
  "count",
  "p50",
  "p90",
  "p95",
  "p99",
  "latest",
];

/** What of a step is changed most: how values are put together, which items, how many rows, in which order. */
export function StepFields({ step, plan, onChange }: Props) {
  const { t } = useTranslation("ask");
  const change = (part: Partial<AskStep>) => onChange(withStep(plan, step.id, part));
  const limit = limitOf(step);
  const items = itemIdsOf(step);
  return (
    <fieldset className={styles.step}>
      <legend>
        <code>{step.id}</code> {t(`stepKind.${step.kind}`)}
      </legend>
      {step.kind === "metric" ? (
        <>
          <NativeSelect
            size="xs"
            label={t("plan.aggregate")}
            value={step.aggregate ?? "avg"}
            data={[...new Set([...aggregates, step.aggregate ?? "avg"])]}
            onChange={(event) =>
              change({ aggregate: event.currentTarget.value as NonNullable<Metric["aggregate"]> })
            }
          />
          {step.shape === "by_item" ? (
            <SegmentedControl
              size="xs"
              aria-label={t("plan.order")}
              value={step.ascending === true ? "up" : "down"}
              onChange={(value) => change({ ascending: value === "up" })}
              data={[
                { value: "down", label: t("plan.down") },
                { value: "up", label: t("plan.up") },
              ]}
            />
          ) : null}
        </>
      ) : null}
      {items === null ? null : (
        <ItemsField ids={items} plan={plan} onChange={(item_ids) => change({ item_ids: [...item_ids] })} />
      )}
      {limit === null ? null : (
        <NumberInput
          size="xs"
          label={t("plan.limit")}
          min={1}
          max={5000}
          value={limit}
          onChange={(value) => change({ limit: Number(value) || 1 })}
        />
      )}
    </fieldset>
  );
}
