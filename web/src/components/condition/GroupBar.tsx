import { Button, Checkbox, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./condition.module.css";

interface Props {
  combinator: string;
  negated: boolean;
  onCombine(combinator: "and" | "or"): void;
  onNegate(negated: boolean): void;
  onAddCondition(): void;
  onAddGroup(): void;
}

/** The head of a group of conditions: how they are joined, whether it is turned round, and what can be added. */
export function GroupBar({ combinator, negated, onCombine, onNegate, onAddCondition, onAddGroup }: Props) {
  const { t } = useTranslation("common");
  return (
    <div className={styles.row}>
      <SegmentedControl
        size="xs"
        aria-label={t("conditions.combinator")}
        value={combinator}
        onChange={(next) => onCombine(next === "or" ? "or" : "and")}
        data={[
          { value: "and", label: t("conditions.and") },
          { value: "or", label: t("conditions.or") },
        ]}
      />
      <Checkbox
        size="xs"
        label={t("conditions.not")}
        checked={negated}
        onChange={(event) => onNegate(event.currentTarget.checked)}
      />
      {[
        { key: "condition", label: t("conditions.addCondition"), add: onAddCondition },
        { key: "group", label: t("conditions.addGroup"), add: onAddGroup },
      ].map(({ key, label, add }) => (
        <Button
          key={key}
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={add}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
