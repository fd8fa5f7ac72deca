import { Button, FileInput, Group, NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { ApiImport, ApiImported } from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { ConnectionSelect } from "./ConnectionSelect";
import { OperationList } from "./OperationList";
import { Outcomes } from "./Outcomes";
import styles from "./tools.module.css";

const sources = ["text", "connection", "own"] as const;

interface Source {
  from: string;
  document: string;
  connection: string;
  path: string;
}

/** What of the form says where the document is. */
function placeOf({ from, document, connection, path }: Source) {
  if (from === "own") return { own: true, path: "" };
  if (from === "connection") return { connection, path, own: false };
  return { document, own: false, path: "" };
}

/** Operations of an OpenAPI document as APIs and tools, called through a connection. */
export function OpenApiImport({ start = "text" }: { start?: (typeof sources)[number] }) {
  const { t } = useTranslation("tools");
  const [source, setSource] = useState<Source>({ from: start, document: "", connection: "", path: "" });
  const read = useMutation({
    mutationFn: () => dataOf<ApiImport>(api.POST("/api/v1/imports/openapi", { body: placeOf(source) })),
  });
  const edit = (change: Partial<Source>) => setSource({ ...source, ...change });
  const ready =
    source.from === "own" || (source.from === "text" ? source.document !== "" : source.connection !== "");
  return (
    <div className={styles.columns}>
      <Panel title={t("import.where")}>
        <ImeForm
          onSubmit={(event) => {
            event.preventDefault();
            read.mutate();
          }}
        >
          <div className={styles.inner}>
            <NativeSelect
              label={t("import.source")}
              value={source.from}
              data={sources.map((value) => ({ value, label: t(`import.from.${value}`) }))}
              onChange={(event) => edit({ from: event.currentTarget.value })}
            />
            {source.from === "text" ? (
              <DocumentText text={source.document} onChange={(document) => edit({ document })} />
            ) : null}
            {source.from === "connection" ? (
              <>
                <ConnectionSelect
                  value={source.connection}
                  onChange={(connection) => edit({ connection })}
                  none={t("import.choose")}
                />
                <TextInput
                  label={t("field.path")}
                  description={t("import.documentPath")}
                  value={source.path}
                  onChange={(event) => edit({ path: event.currentTarget.value })}
                />
              </>
            ) : null}
            <Group>
              <Button type="submit" disabled={!ready} loading={read.isPending}>
                {t("import.read")}
              </Button>
            </Group>
            <ProblemNotice error={read.error} />
          </div>
        </ImeForm>
      </Panel>
      <Panel
        title={read.data?.title ?? t("import.operations")}
        note={read.data === undefined ? undefined : t("import.found", { count: read.data.operations.length })}
      >
        {read.data === undefined ? (
          <div className={styles.inner}>
            <p className={styles.note}>{t("import.nothingYet")}</p>
          </div>
        ) : (
          <Choose key={read.submittedAt} found={read.data} source={source} />
        )}
      </Panel>
    </div>
  );
}

function DocumentText({ text, onChange }: { text: string; onChange(text: string): void }) {
  const { t } = useTranslation("tools");
  return (
    <>
      <FileInput
        label={t("import.file")}
        accept=".json,.yaml,.yml"
        clearable
        onChange={(file) => void file?.text().then(onChange)}
      />
      <Textarea
        label={t("import.document")}
        autosize
        minRows={6}
        maxRows={16}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  );
}

const makes = ["api", "tool", "both"] as const;

function Choose({ found, source }: { found: ApiImport; source: Source }) {
  const { t } = useTranslation("tools");
  const client = useQueryClient();
  const [chosen, setChosen] = useState<string[]>([]);
  const [connection, setConnection] = useState(source.connection);
  const [make, setMake] = useState<(typeof makes)[number]>("api");
  const [publish, setPublish] = useState(true);
  const apply = useMutation({
    mutationFn: () =>
      dataOf<ApiImported>(
        api.POST("/api/v1/imports/openapi/apply", {
          body: { ...placeOf(source), connection, operations: chosen, make, publish, path_prefix: "" },
        }),
      ),
    onSuccess: () =>
      Promise.all(["assets", "apis", "tools"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <div className={styles.inner}>
      <OperationList operations={found.operations} chosen={chosen} onChange={setChosen} />
      <ConnectionSelect value={connection} onChange={setConnection} none={t("import.choose")} />
      <NativeSelect
        label={t("import.make")}
        value={make}
        data={makes.map((value) => ({ value, label: t(`import.makes.${value}`) }))}
        onChange={(event) => setMake(makes.find((each) => each === event.currentTarget.value) ?? "api")}
      />
      <Switch
        label={t("publishNow")}
        checked={publish}
        onChange={(event) => setPublish(event.currentTarget.checked)}
      />
      <Group>
        <Button
          disabled={chosen.length === 0 || connection === ""}
          loading={apply.isPending}
          onClick={() => apply.mutate()}
        >
          {t("import.take", { count: chosen.length })}
        </Button>
      </Group>
      <ProblemNotice error={apply.error} />
      {apply.data === undefined ? null : (
        <Outcomes
          items={apply.data.items.map(({ operation, name, kind, asset_id, error }) => ({
            name,
            kind: kind ?? null,
            id: asset_id ?? null,
            error: error ?? null,
            schema: (found.operations.find(({ id }) => id === operation)?.input_schema ??
              null) as JsonObject | null,
          }))}
        />
      )}
    </div>
  );
}
