import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import styles from "./events.module.css";
import { makeMapping, previewMapping } from "./queries";
import ways from "./sources.module.css";

const example = `{
  "type": "order." & status,
  "subject": order.id,
  "severity": status = "failed" ? "error" : "info",
  "data": {"message": note, "total": order.total}
}`;
const sample = `{"status": "failed", "note": "카드 거절", "order": {"id": "A-17", "total": 52000}}`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A JSONata expression tried with a pasted body, and kept as a mapping. */
export function MappingFields({ onMade }: { onMade(key: string): void }) {
  const { t } = useTranslation("events");
  const [name, setName] = useState("");
  const [expression, setExpression] = useState(example);
  const [body, setBody] = useState(sample);
  const given = parsed(body);
  const preview = useMutation({ mutationFn: () => previewMapping(expression, given) });
  const save = useMutation({
    mutationFn: () => makeMapping(name.trim(), expression, given ?? null),
    onSuccess: onMade,
  });
  return (
    <section className={ways.mapping} aria-label={t("mapping.new")}>
      <Stack>
        <p className={styles.note}>{t("mapping.text")}</p>
        <TextInput
          label={t("mapping.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t("mapping.expression")}
          autosize
          minRows={5}
          maxRows={14}
          classNames={{ input: styles.code }}
          spellCheck={false}
          value={expression}
          onChange={(event) => setExpression(event.currentTarget.value)}
        />
        <Textarea
          label={t("mapping.body")}
          error={given === undefined ? t("mapping.noJson") : undefined}
          autosize
          minRows={3}
          maxRows={10}
          classNames={{ input: styles.code }}
          spellCheck={false}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
        <ProblemNotice error={preview.error ?? save.error} />
        {preview.data === undefined ? null : (
          <div data-testid="preview">
            <p className={styles.note}>
              {t("mapping.made", { count: preview.data.events.length, refused: preview.data.refused.length })}
            </p>
            {preview.data.refused.map(({ index, pointer, detail }) => (
              <p key={`${index}${pointer}`} className={styles.bad}>
                <code>{pointer}</code> {detail}
              </p>
            ))}
            <pre className={styles.json}>{JSON.stringify(preview.data.events, null, 2)}</pre>
          </div>
        )}
        <Group justify="end">
          <Button
            variant="default"
            disabled={given === undefined}
            loading={preview.isPending}
            onClick={() => preview.mutate()}
          >
            {t("mapping.try")}
          </Button>
          <Button
            disabled={name.trim() === "" || given === undefined}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t("mapping.save")}
          </Button>
        </Group>
      </Stack>
    </section>
  );
}
