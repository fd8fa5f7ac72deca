import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AskPlan } from "@/lib/api/types";
import { instantOf, localText, type Window, withWindow } from "../model/plan";
import styles from "./plan.module.css";

interface Props {
  window: Window;
  plan: AskPlan;
  onChange(plan: AskPlan): void;
}

/** One interval of the plan, on the reader's clock; every step that covers it moves along. */
export function WindowFields({ window, plan, onChange }: Props) {
  const { t } = useTranslation("ask");
  const ends = ["start", "end"] as const;
  return (
    <div className={styles.row}>
      {ends.map((end) => (
        <TextInput
          key={end}
          size="xs"
          type="datetime-local"
          step={1}
          label={t(`plan.${end}`)}
          value={localText(window[end])}
          onChange={(event) => {
            const instant = instantOf(event.currentTarget.value);
            if (instant !== null) onChange(withWindow(plan, window, { ...window, [end]: instant }));
          }}
        />
      ))}
    </div>
  );
}
