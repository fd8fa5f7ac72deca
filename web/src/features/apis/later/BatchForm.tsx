import { Button, Group, NumberInput, Textarea } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import apis from "../apis.module.css";
import { readItems } from "../model/later";
import styles from "./later.module.css";
import { useBatch } from "./queries";

/** The published version, once for each set of parameters. */
export function BatchForm({ apiId }: { apiId: string }) {
  const { t } = useTranslation("apis");
  const [text, setText] = useState("");
  const [concurrency, setConcurrency] = useState(4);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const batch = useBatch(apiId);
  const items = readItems(text);
  const change = (next: string) => {
    setText(next);
    setKey(crypto.randomUUID()); // other sets are another run
  };
  return (
    <section className={styles.section} aria-label={t("later.batch")}>
      <h3 className={styles.title}>{t("later.batch")}</h3>
      <Textarea
        label={t("later.items")}
        description={t("later.itemsHint")}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        value={text}
        error={text.trim() !== "" && items === null ? t("later.notItems") : undefined}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <Group gap="sm" align="end">
        <NumberInput
          label={t("later.atOnce")}
          min={1}
          max={20}
          w={120}
          value={concurrency}
          onChange={(value) => setConcurrency(typeof value === "number" ? value : 4)}
        />
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          disabled={items === null}
          loading={batch.isPending}
          onClick={() => items !== null && batch.mutate({ items, concurrency, key })}
        >
          {t("later.begin", { count: items?.length ?? 0 })}
        </Button>
        {batch.data === undefined ? null : (
          <Link className={apis.link} to="/workflow-runs/$runId" params={{ runId: batch.data.run_id }}>
            {t("later.run")}
          </Link>
        )}
      </Group>
      <ProblemNotice error={batch.error} />
    </section>
  );
}
