import { Alert, Button, SegmentedControl, TagsInput, Textarea, TextInput } from "@mantine/core";
import { IconExternalLink, IconHistory } from "@tabler/icons-react";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { DraftEditing } from "@/components/draft/use-draft";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { Panel } from "@/components/page/Panel";
import type { Flaw } from "@/components/schema/check";
import { usePropertyWord } from "@/components/schema/context";
import type { Schema } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Waiting } from "@/components/state/Waiting";
import { CopyText } from "@/components/status/CopyText";
import type { AssetDetail, AssetKind } from "@/lib/api/types";
import { isObject, type Json, type JsonObject, partsOf } from "@/lib/json/pointer";
import styles from "./assets.module.css";
import { rewritten, schemaOf, serverFlaws, written } from "./model/flaws";
import { ownPage } from "./model/kinds";

const DocumentText = lazy(() => import("@/components/draft/DocumentText"));

interface Props {
  asset: AssetDetail;
  kind: AssetKind | undefined;
  editing: DraftEditing;
  flaws: readonly Flaw[];
}

const ways = ["form", "yaml", "json"] as const;

/** What the asset says: as a form, or as the very same text. Both write one draft. */
export function ContentTab({ asset, kind, editing, flaws }: Props) {
  const { t } = useTranslation("assets");
  const readOnly = !asset.can_write || asset.state === "archived" || kind === undefined;
  const { draft } = editing;
  const found = useMemo(() => serverFlaws(editing.error, kind), [editing.error, kind]);
  const all = useMemo(() => [...flaws, ...found.content], [flaws, found.content]);
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        {editing.restored && editing.dirty ? (
          <Alert
            color="accent"
            variant="light"
            icon={<IconHistory aria-hidden />}
            title={t("content.restored")}
          />
        ) : null}
        <OwnEditor asset={asset} />
        {found.content.length + Object.keys(found.about).length === 0 ? (
          <ProblemNotice error={editing.error} />
        ) : null}
        <Editor
          kind={kind}
          content={draft.content}
          flaws={all}
          readOnly={readOnly}
          onChange={(content, label) => editing.edit({ ...draft, content }, label)}
        />
      </div>
      <About asset={asset} editing={editing} readOnly={readOnly} errors={found.about} />
    </div>
  );
}

interface EditorProps {
  kind: AssetKind | undefined;
  content: JsonObject;
  flaws: readonly Flaw[];
  readOnly: boolean;
  onChange(content: JsonObject, label: string): void;
}

function Editor({ kind, content, flaws, readOnly, onChange }: EditorProps) {
  const { t } = useTranslation("assets");
  const navigate = useNavigate();
  const search: { as?: string | undefined } = useSearch({ strict: false });
  const schema = schemaOf(kind);
  const way = ways.find((each) => each === search.as) ?? (schema === null ? "yaml" : "form");
  const shown = useMemo(() => written(content, kind), [content, kind]);
  const edit = (next: Json, label: string) => onChange(rewritten(content, next as JsonObject, kind), label);
  const choose = (next: string) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, as: next === "form" ? undefined : next }),
      replace: true,
    });
  return (
    <Panel
      title={t("content.title")}
      actions={
        <SegmentedControl
          aria-label={t("content.as")}
          size="xs"
          value={way}
          onChange={choose}
          data={ways.map((value) => ({ value, label: t(`content.${value}`) }))}
        />
      }
    >
      <div className={styles.inner}>
        {way === "form" ? (
          <Form schema={schema} content={shown} flaws={flaws} readOnly={readOnly} onChange={edit} />
        ) : (
          <Suspense fallback={<Waiting />}>
            <DocumentText
              key={way}
              format={way}
              value={shown}
              flaws={flaws}
              readOnly={readOnly}
              onChange={(next) => edit(next, t("undo.text"))}
            />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}

interface FormProps extends Omit<EditorProps, "kind" | "onChange"> {
  schema: Schema | null;
  onChange(content: Json, label: string): void;
}

function Form({ schema, content, flaws, readOnly, onChange }: FormProps) {
  const { t } = useTranslation("assets");
  const word = usePropertyWord();
  if (schema === null)
    return <EmptyState kind="nothing" compact title={t("content.noForm")} text={t("content.noFormText")} />;
  return (
    <SchemaForm
      schema={schema}
      value={content}
      flaws={flaws.filter(({ pointer }) => pointer !== "/name" || isProperty(schema, "name"))}
      readOnly={readOnly}
      onChange={(next, pointer) => onChange(next, word(partsOf(pointer).at(0) ?? ""))}
    />
  );
}

function isProperty(schema: Schema, name: string): boolean {
  return isObject(schema["properties"]) && Object.hasOwn(schema["properties"], name);
}

/** Kinds with an editor that knows them better than a form does. */
function OwnEditor({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const router = useRouter();
  const kindName = useKindName();
  const page = ownPage(asset.kind, asset.id, Object.keys(router.routesByPath));
  if (page === null) return null;
  return (
    <div className={styles.own}>
      <span>{t("content.own", { kind: kindName(asset.kind) })}</span>
      <Button
        component="a"
        href={page}
        size="compact-sm"
        variant="default"
        rightSection={<IconExternalLink size={14} aria-hidden />}
        onClick={(event: React.MouseEvent) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          void router.navigate({ href: page });
        }}
      >
        {t("content.ownOpen")}
      </Button>
    </div>
  );
}

interface AboutProps {
  asset: AssetDetail;
  editing: DraftEditing;
  readOnly: boolean;
  errors: Partial<Record<"name" | "description" | "tags", string>>;
}

function About({ asset, editing, readOnly, errors }: AboutProps) {
  const { t } = useTranslation("assets");
  const { draft, edit } = editing;
  const empty = draft.name.trim() === "" ? t("content.needName") : undefined;
  return (
    <Panel title={t("content.about")}>
      <div className={styles.inner}>
        <TextInput
          label={t("field.name")}
          required
          maxLength={200}
          readOnly={readOnly}
          error={empty ?? errors.name}
          value={draft.name}
          onChange={(event) => edit({ ...draft, name: event.currentTarget.value }, t("field.name"))}
        />
        <div>
          <p className={styles.label}>{t("field.key")}</p>
          <CopyText text={asset.key} />
          <p className={styles.note}>{t("content.keyText")}</p>
        </div>
        <Textarea
          label={t("field.description")}
          maxLength={5000}
          autosize
          minRows={2}
          maxRows={10}
          readOnly={readOnly}
          error={errors.description}
          value={draft.description}
          onChange={(event) =>
            edit({ ...draft, description: event.currentTarget.value }, t("field.description"))
          }
        />
        <TagsInput
          label={t("field.tags")}
          maxTags={30}
          readOnly={readOnly}
          error={errors.tags}
          value={draft.tags}
          onChange={(tags) => edit({ ...draft, tags }, t("field.tags"))}
        />
        {asset.protected ? <p className={styles.note}>{t("content.protected")}</p> : null}
      </div>
    </Panel>
  );
}
