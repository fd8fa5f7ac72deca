import { Button, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import styles from "./events.module.css";
import type { EventFilters } from "./filters";

interface Props {
  filters: EventFilters;
  onChange(change: Partial<EventFilters>): void;
}

/** Conditions on single fields: those in force, each with a way out, and a place for another. */
export function Conditions({ filters, onChange }: Props) {
  const { t } = useTranslation("events");
  const [text, setText] = useState("");
  const kept = filters.where ?? [];
  const put = (next: string[]) => onChange({ where: next.length === 0 ? undefined : next });
  return (
    <div className={styles.conditions}>
      {kept.map((each) => (
        <span key={each} className={styles.condition}>
          <code>{each}</code>
          <button
            type="button"
            aria-label={t("where.remove", { condition: each })}
            onClick={() => put(kept.filter((other) => other !== each))}
          >
            <IconX size={12} aria-hidden />
          </button>
        </span>
      ))}
      <ImeForm
        className={styles.add}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === "") return;
          put([...new Set([...kept, text.trim()])]);
          setText("");
        }}
      >
        <TextInput
          size="xs"
          w={260}
          aria-label={t("where.label")}
          placeholder={t("where.example")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />}>
          {t("where.add")}
        </Button>
      </ImeForm>
    </div>
  );
}
