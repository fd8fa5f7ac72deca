import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isObject, type JsonObject } from "@/lib/json/pointer";
import { moved, type Often, oftenOf, timesOf } from "../model/steps";
import styles from "../rules.module.css";
import { ConditionField } from "./ConditionField";
import { useField } from "./context";
import { ChoiceField, NumberField } from "./fields";
import looks from "./form.module.css";

/** Steps as cards in the order in which they must come. Cards are dragged, or moved with their buttons. */
export function SequenceLanes() {
  const { t } = useTranslation("rules");
  const { value, error, readOnly, set } = useField("/steps", t("field.steps"));
  const [held, setHeld] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const steps = (Array.isArray(value) ? value : []).filter(isObject);
  const drop = (to: number) => {
    if (held !== null && held !== to) set(moved(steps, held, to));
    setHeld(null);
    setOver(null);
  };
  return (
    <>
      <div className={looks.grid}>
        <NumberField pointer="/within_s" label={t("field.within")} />
        <ChoiceField
          pointer="/skip"
          label={t("field.skip")}
          usual="past_last"
          options={(["past_last", "to_next"] as const).map((each) => ({
            value: each,
            label: t(`skip.${each}`),
          }))}
        />
      </div>
      <ol className={looks.lanes} aria-label={t("field.steps")}>
        {steps.map((step, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            key={index}
            className={looks.lane}
            data-over={over === index || undefined}
            data-negated={step["negated"] === true || undefined}
            onDragOver={(event) => {
              if (held === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDrop={() => drop(index)}
          >
            <Step
              step={step}
              index={index}
              last={index === steps.length - 1}
              readOnly={readOnly}
              onHold={(holds) => setHeld(holds ? index : null)}
              onMove={(to) => set(moved(steps, index, to))}
              onChange={(next) =>
                set(next === null ? steps.filter((_, at) => at !== index) : steps.with(index, next))
              }
            />
          </li>
        ))}
      </ol>
      {error === undefined ? null : <p className={styles.bad}>{error}</p>}
      {readOnly ? null : (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => set([...steps, { name: `step${steps.length + 1}`, condition: "" }])}
        >
          {t("steps.add")}
        </Button>
      )}
    </>
  );
}

interface StepProps {
  step: JsonObject;
  index: number;
  last: boolean;
  readOnly: boolean;
  onHold(holds: boolean): void;
  onMove(to: number): void;
  onChange(step: JsonObject | null): void;
}

function Step({ step, index, last, readOnly, onHold, onMove, onChange }: StepProps) {
  const { t } = useTranslation("rules");
  const name = String(step["name"] ?? "");
  const often = oftenOf(step);
  return (
    <>
      <div className={looks.laneHead}>
        {readOnly ? null : (
          // biome-ignore lint/a11y/noStaticElementInteractions: the buttons beside it do the same
          <span
            className={looks.grip}
            draggable
            onDragStart={() => onHold(true)}
            onDragEnd={() => onHold(false)}
          >
            <IconGripVertical size={16} aria-hidden />
          </span>
        )}
        <span className="num">{index + 1}</span>
        <TextInput
          size="xs"
          aria-label={t("steps.name", { index: index + 1 })}
          value={name}
          readOnly={readOnly}
          onChange={(event) => onChange({ ...step, name: event.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          aria-label={t("steps.often", { name })}
          disabled={readOnly}
          value={often}
          data={(["once", "optional", "many", "some", "between"] as const).map((each) => ({
            value: each,
            label: t(`often.${each}`),
          }))}
          onChange={(event) => onChange(timesOf(step, event.currentTarget.value as Often))}
        />
        <Checkbox
          size="xs"
          label={t("steps.negated")}
          disabled={readOnly}
          checked={step["negated"] === true}
          onChange={(event) => onChange({ ...step, negated: event.currentTarget.checked })}
        />
        <span className={styles.fill} />
        <StepActs
          name={name}
          index={index}
          last={last}
          readOnly={readOnly}
          onMove={onMove}
          onRemove={() => onChange(null)}
        />
      </div>
      {often === "between" ? (
        <div className={looks.grid}>
          <NumberField pointer={`/steps/${index}/times/min`} label={t("steps.min")} />
          <NumberField pointer={`/steps/${index}/times/max`} label={t("steps.max")} />
        </div>
      ) : null}
      <ConditionField pointer={`/steps/${index}/condition`} label={t("steps.condition", { name })} />
    </>
  );
}

interface ActProps {
  name: string;
  index: number;
  last: boolean;
  readOnly: boolean;
  onMove(to: number): void;
  onRemove(): void;
}

/** What dragging does, by buttons. */
function StepActs({ name, index, last, readOnly, onMove, onRemove }: ActProps) {
  const { t } = useTranslation("rules");
  const acts = [
    { label: t("steps.up", { name }), icon: IconArrowUp, idle: index === 0, run: () => onMove(index - 1) },
    { label: t("steps.down", { name }), icon: IconArrowDown, idle: last, run: () => onMove(index + 1) },
    { label: t("remove", { name }), icon: IconX, idle: false, run: onRemove },
  ];
  return acts.map(({ label, icon: Icon, idle, run }) => (
    <ActionIcon
      key={label}
      size="sm"
      variant="subtle"
      disabled={readOnly || idle}
      aria-label={label}
      onClick={run}
    >
      <Icon size={14} aria-hidden />
    </ActionIcon>
  ));
}
