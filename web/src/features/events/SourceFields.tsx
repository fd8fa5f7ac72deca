import { Button, Group, NativeSelect, Stack, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { EventSource, EventSourceMade } from "@/lib/api/types";
import styles from "./events.module.css";
import { MappingFields } from "./MappingFields";
import { createSource, mappingsQuery, saveSource, sourcesQuery } from "./queries";
import { editOf, fits, formOf, newForm, type SourceForm, schemes } from "./source-form";

interface Props {
  /** The one to change; without it a new one is made. */
  source?: EventSource;
  onDone(made: EventSourceMade | null): void;
  onCancel(): void;
}

type Put = (change: Partial<SourceForm>) => void;

/** How a sender signs, and what makes events of what it sends. */
export function SourceFields({ source, onDone, onCancel }: Props) {
  const { t } = useTranslation("events");
  const client = useQueryClient();
  const [form, setForm] = useState(source === undefined ? newForm : formOf(source));
  const [mapping, setMapping] = useState(false);
  const put: Put = (change) => setForm((kept) => ({ ...kept, ...change }));
  const mappings = useQuery(mappingsQuery);
  const save = useMutation({
    mutationFn: async (): Promise<EventSourceMade | null> => {
      const edit = editOf(form);
      if (source === undefined)
        return createSource({ ...edit, secret: form.secret === "" ? null : form.secret });
      await saveSource(source.id, edit);
      return null;
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: sourcesQuery.queryKey });
      onDone(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits(form)) save.mutate();
  };
  const known = (mappings.data ?? []).map(({ key, name }) => ({ value: key, label: name }));
  return (
    <Stack>
      <ImeForm onSubmit={submit}>
        <Stack>
          <Sender form={form} put={put} isNew={source === undefined} />
          <Group align="end">
            <NativeSelect
              flex={1}
              label={t("sources.mapping")}
              value={form.mapping}
              data={[{ value: "", label: t("sources.unmapped") }, ...known]}
              onChange={(event) => put({ mapping: event.currentTarget.value })}
            />
            <Button variant="default" onClick={() => setMapping((open) => !open)} aria-expanded={mapping}>
              {t("mapping.new")}
            </Button>
          </Group>
          <ProblemNotice error={save.error} />
          <Group justify="end">
            <Button variant="default" onClick={onCancel}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" disabled={!fits(form)} loading={save.isPending}>
              {t("common:action.save")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
      {mapping ? (
        <MappingFields
          onMade={async (key) => {
            await client.invalidateQueries({ queryKey: mappingsQuery.queryKey });
            put({ mapping: key });
            setMapping(false);
          }}
        />
      ) : null}
    </Stack>
  );
}

/** Who it is and how it signs. */
function Sender({ form, put, isNew }: { form: SourceForm; put: Put; isNew: boolean }) {
  const { t } = useTranslation("events");
  return (
    <>
      <TextInput
        required
        label={t("sources.name")}
        description={t("sources.nameNote")}
        value={form.name}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("sources.kind")}
        value={form.scheme}
        data={schemes.map((value) => ({ value, label: t(`sources.scheme.${value}`) }))}
        onChange={(event) => put({ scheme: event.currentTarget.value as SourceForm["scheme"] })}
      />
      <p className={styles.note}>{t(`sources.schemeNote.${form.scheme}`)}</p>
      <SchemeFields form={form} put={put} />
      {isNew ? (
        <TextInput
          label={t("sources.secret")}
          description={t("sources.secretEmpty")}
          value={form.secret}
          autoComplete="off"
          onChange={(event) => put({ secret: event.currentTarget.value })}
        />
      ) : (
        <Switch
          label={t("sources.enabled")}
          checked={form.enabled}
          onChange={(event) => put({ enabled: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function SchemeFields({ form, put }: { form: SourceForm; put: Put }) {
  const { t } = useTranslation("events");
  const text = (name: "windowS" | "signatureHeader" | "timeHeader" | "prefix") => (
    <TextInput
      label={t(`sources.${name}`)}
      value={form[name]}
      onChange={(event) => put({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {form.scheme === "custom" ? (
        <Group grow align="start">
          {text("signatureHeader")}
          {text("prefix")}
          {text("timeHeader")}
          <NativeSelect
            label={t("sources.encoding")}
            value={form.encoding}
            data={["hex", "base64"]}
            onChange={(event) => put({ encoding: event.currentTarget.value === "base64" ? "base64" : "hex" })}
          />
        </Group>
      ) : null}
      {form.scheme === "github" || (form.scheme === "custom" && form.timeHeader === "")
        ? null
        : text("windowS")}
    </>
  );
}
