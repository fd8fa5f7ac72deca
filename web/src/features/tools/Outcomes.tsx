import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "@/lib/json/pointer";
import { TryMade } from "./TryMade";
import styles from "./tools.module.css";

export interface Outcome {
  name: string;
  kind: string | null;
  id: string | null;
  error: string | null;
  /** What it takes, where it can be tried here. */
  schema?: JsonObject | null;
}

/** What became of each chosen thing: its page, or why there is none. */
export function Outcomes({ items }: { items: readonly Outcome[] }) {
  const { t } = useTranslation("tools");
  return (
    <ul className={styles.list} aria-label={t("import.outcomes")} aria-live="polite">
      {items.map((item) => (
        <li key={`${item.kind ?? ""} ${item.name}`} className={styles.inner}>
          <Line item={item} />
        </li>
      ))}
    </ul>
  );
}

function Line({ item: { name, kind, id, error, schema } }: { item: Outcome }) {
  const { t } = useTranslation("tools");
  const [open, setOpen] = useState(false);
  if (id === null)
    return (
      <span className={styles.bad}>
        {name}: {error}
      </span>
    );
  return (
    <>
      <span className={styles.bar}>
        <Link
          to={kind === "api" ? "/apis/$apiId" : "/tools/$toolId"}
          params={(kind === "api" ? { apiId: id } : { toolId: id }) as never}
        >
          {name}
        </Link>
        {schema === undefined || schema === null ? null : (
          <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t("discover.try")}
          </Button>
        )}
      </span>
      {open && schema !== undefined && schema !== null ? (
        <TryMade kind={kind ?? ""} id={id} schema={schema} />
      ) : null}
    </>
  );
}
