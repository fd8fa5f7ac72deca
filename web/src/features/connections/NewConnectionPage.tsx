import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { flawsOf } from "@/components/schema/check";
import { blankOf } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import type { ConnectionTypeInfo, ConnectionTypes } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import styles from "./connections.module.css";
import { filled, keyOf, type SecretWishes, secretPlaces, unfilled, withoutSecrets } from "./model/config";
import { configFlaws } from "./model/refusal";
import { secretNamesQuery, typesQuery } from "./queries";
import { SecretFields } from "./SecretFields";
import { TryPanel } from "./TryPanel";
import { useCreate, useTry } from "./use-new-connection";
import { useWord } from "./words";

export default function NewConnectionPage() {
  const { t } = useTranslation("connections");
  const types = useQuery(typesQuery);
  return (
    <Page header={<PageHeader title={t("new.title")} text={t("new.text")} />}>
      <StateView query={types}>{(known) => <Choose types={known} />}</StateView>
    </Page>
  );
}

interface About {
  name: string;
  key: string;
}

/** Name and key stay when another type is chosen; what was said about the other type does not. */
function Choose({ types }: { types: ConnectionTypes }) {
  const { t } = useTranslation("connections");
  const word = useWord();
  const [chosen, setChosen] = useState(types.items[0]);
  const [about, setAbout] = useState<About>({ name: "", key: "" });
  if (chosen === undefined) return null;
  return (
    <>
      <fieldset className={styles.types} aria-label={t("field.type")}>
        {types.items.map((each) => (
          <button
            key={each.type}
            type="button"
            aria-pressed={each.type === chosen.type}
            onClick={() => setChosen(each)}
          >
            {word("type", each.type)}
          </button>
        ))}
      </fieldset>
      <Fields
        key={chosen.type}
        info={chosen}
        limitsSchema={types.limits_schema as JsonObject}
        about={about}
        onAbout={setAbout}
      />
    </>
  );
}

interface FieldsProps {
  info: ConnectionTypeInfo;
  limitsSchema: JsonObject;
  about: About;
  onAbout(about: About): void;
}

function useForm({ info, limitsSchema, about }: FieldsProps) {
  const full = info.config_schema as JsonObject;
  const [schema] = useState(() => withoutSecrets(full));
  const [config, setConfig] = useState<Json>(() => blankOf(schema, schema));
  const [limits, setLimits] = useState<Json>({});
  const [wishes, setWishes] = useState<SecretWishes>({});
  const { data: kept = [] } = useQuery(secretNamesQuery);
  const places = secretPlaces(full, config);
  const owner = keyOf(about.key) || keyOf(about.name) || info.type;
  const flaws = flawsOf(config, schema);
  const missing = unfilled(places, wishes);
  const limitFlaws = flawsOf(limits, limitsSchema);
  return {
    schema,
    config,
    setConfig,
    limits,
    setLimits,
    limitFlaws,
    wishes,
    setWishes,
    places,
    owner,
    flaws,
    missing,
    sound: flaws.length + missing.length + limitFlaws.length === 0,
    wanted: () => ({
      ...filled(config as JsonObject, places, wishes, owner, kept),
      name: about.name.trim(),
      key: about.key.trim(),
      limits,
    }),
  };
}

function Fields(props: FieldsProps) {
  const { info, limitsSchema, about, onAbout } = props;
  const { t } = useTranslation("connections");
  const form = useForm(props);
  const [asked, setAsked] = useState<"nothing" | "test" | "save">("nothing");
  const trial = useTry();
  const create = useCreate();
  const named = about.name.trim() !== "";
  const refused = [...configFlaws(trial.error, info.type), ...configFlaws(create.error, info.type)];
  const told = asked !== "nothing";
  const test = () => {
    setAsked((before) => (before === "save" ? before : "test"));
    if (form.sound && !trial.isPending) trial.mutate(form.wanted());
  };
  const save = (publish: boolean) => {
    setAsked("save");
    if (named && form.sound && !create.isPending) create.mutate({ wanted: form.wanted(), publish });
  };
  return (
    <ImeForm
      className={styles.columns}
      onSubmit={(event) => {
        event.preventDefault();
        test();
      }}
    >
      <Panel title={t("field.settings")}>
        <div className={styles.inner}>
          <AboutFields about={about} unnamed={asked === "save" && !named} onChange={onAbout} />
          <SchemaForm
            schema={form.schema}
            value={form.config}
            flaws={[...(told ? form.flaws : []), ...refused]}
            onChange={form.setConfig}
          />
          <SecretFields
            places={form.places}
            wishes={form.wishes}
            owner={form.owner}
            missing={told ? form.missing : []}
            onChange={form.setWishes}
          />
          <details className={styles.details} open={told && form.limitFlaws.length > 0}>
            <summary>{t("field.limits")}</summary>
            <SchemaForm
              schema={limitsSchema}
              value={form.limits}
              flaws={told ? form.limitFlaws : []}
              onChange={form.setLimits}
            />
          </details>
        </div>
      </Panel>
      <TryPanel test={trial.data} pending={trial.isPending} error={refused.length > 0 ? null : trial.error}>
        {told && !form.sound ? <p className={styles.note}>{t("new.incomplete")}</p> : null}
        {refused.length > 0 ? null : <ProblemNotice error={create.error} />}
        <div className={styles.actions}>
          <Button loading={create.isPending} onClick={() => save(true)}>
            {t("new.publish")}
          </Button>
          <Button variant="default" loading={create.isPending} onClick={() => save(false)}>
            {t("new.draft")}
          </Button>
        </div>
      </TryPanel>
    </ImeForm>
  );
}

interface AboutProps {
  about: About;
  unnamed: boolean;
  onChange(about: About): void;
}

function AboutFields({ about, unnamed, onChange }: AboutProps) {
  const { t } = useTranslation("connections");
  return (
    <>
      <TextInput
        label={t("field.name")}
        required
        maxLength={200}
        error={unnamed ? t("new.needName") : undefined}
        value={about.name}
        onChange={(event) => onChange({ ...about, name: event.currentTarget.value })}
      />
      <TextInput
        label={t("field.key")}
        description={t("new.keyText")}
        maxLength={80}
        placeholder={keyOf(about.name)}
        value={about.key}
        onChange={(event) => onChange({ ...about, key: event.currentTarget.value })}
      />
    </>
  );
}
