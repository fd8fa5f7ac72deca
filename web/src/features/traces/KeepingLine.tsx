import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { TraceKeeping } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { useMay } from "@/lib/query/me";
import { keepingQuery, saveKeeping } from "./queries";
import styles from "./traces.module.css";

/** What is kept, and which share of what is frequent; administrators may bound it and mask further names. */
export function KeepingLine() {
  const { t, i18n } = useTranslation("traces");
  const may = useMay();
  const { data } = useQuery(keepingQuery);
  const [opened, dialog] = useDisclosure(false);
  if (data === undefined) return null;
  const days = Math.min(data.days ?? data.server_days, data.server_days);
  const size = showText(data.kept_bytes ?? 0, "bytes", i18n.language);
  const parts = [
    t("keeping.days", { count: days }),
    t("keeping.share", { share: data.share.toLocaleString(i18n.language, { style: "percent" }) }),
    data.kept_rows === null ? null : t("keeping.now", { count: data.kept_rows, size }),
  ];
  return (
    <p className={styles.keeping} data-testid="keeping">
      <span>{parts.filter((part) => part !== null).join(" · ")}</span>
      {may("system.write") ? (
        <Button variant="subtle" size="compact-xs" onClick={dialog.open}>
          {t("keeping.change")}
        </Button>
      ) : null}
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("keeping.title")}
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        <KeepingForm keeping={data} onClose={dialog.close} />
      </Modal>
    </p>
  );
}

const names = ["days", "max_rows", "max_bytes"] as const;
type Name = (typeof names)[number];

function KeepingForm({ keeping, onClose }: { keeping: TraceKeeping; onClose(): void }) {
  const { t } = useTranslation("traces");
  const client = useQueryClient();
  const [typed, setTyped] = useState<Record<Name, string>>({
    days: String(keeping.days ?? ""),
    max_rows: String(keeping.max_rows ?? ""),
    max_bytes: String(keeping.max_bytes ?? ""),
  });
  const [hidden, setHidden] = useState((keeping.hidden_names ?? []).join(", "));
  const wanted = (name: Name) => (typed[name].trim() === "" ? null : Number(typed[name]));
  const fits = names.every((name) => {
    const value = wanted(name);
    return value === null || (Number.isInteger(value) && value >= 1);
  });
  const hiddenNames = hidden
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const save = useMutation({
    mutationFn: () =>
      saveKeeping({
        days: wanted("days"),
        max_rows: wanted("max_rows"),
        max_bytes: wanted("max_bytes"),
        hidden_names: hiddenNames,
      }),
    onSuccess: (data) => {
      client.setQueryData(keepingQuery.queryKey, data);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits) save.mutate();
  };
  return (
    <ImeForm onSubmit={submit}>
      <Stack>
        <p className={styles.note}>{t("keeping.text", { count: keeping.server_days })}</p>
        {names.map((name) => (
          <TextInput
            key={name}
            inputMode="numeric"
            label={t(`keeping.field.${name}`)}
            placeholder={t("keeping.none")}
            value={typed[name]}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTyped((kept) => ({ ...kept, [name]: value }));
            }}
          />
        ))}
        <TextInput
          label={t("keeping.field.hidden")}
          description={t("keeping.hiddenText")}
          value={hidden}
          onChange={(event) => setHidden(event.currentTarget.value)}
        />
        <ProblemNotice error={save.error} />
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" disabled={!fits} loading={save.isPending}>
            {t("common:action.save")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
