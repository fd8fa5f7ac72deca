import { Button, Divider, Group, Modal, NativeSelect, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { flawsOf } from "@/components/schema/check";
import { blankOf } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, AssetKind } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import styles from "./assets.module.css";
import { type Flaws, schemaOf, serverFlaws } from "./model/flaws";
import { ownNewPage } from "./model/kinds";
import { assetQuery, kindsQuery } from "./queries";

interface Props {
  opened: boolean;
  onClose(): void;
}

/** A new draft. Kinds with a page of their own are made there. */
export function NewAssetDialog({ opened, onClose }: Props) {
  const { t } = useTranslation("assets");
  const kinds = useQuery(kindsQuery);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t("new.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {opened ? (
        <StateView query={kinds} compact>
          {(known) => <Choose kinds={known.filter(({ can_write }) => can_write)} onClose={onClose} />}
        </StateView>
      ) : null}
    </Modal>
  );
}

function Choose({ kinds, onClose }: { kinds: readonly AssetKind[]; onClose(): void }) {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  const router = useRouter();
  const paths = Object.keys(router.routesByPath);
  const here = kinds.filter(({ name }) => ownNewPage(name, paths) === null);
  const [name, setName] = useState(here[0]?.name ?? kinds[0]?.name ?? "");
  const kind = kinds.find((each) => each.name === name);
  const page = kind === undefined ? null : ownNewPage(kind.name, paths);
  return (
    <Stack gap="md">
      <NativeSelect
        label={t("field.kind")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data={kinds.map((each) => ({ value: each.name, label: kindName(each.name) }))}
      />
      {page === null || kind === undefined ? null : (
        <div className={styles.own}>
          <span>{t("new.own", { kind: kindName(kind.name) })}</span>
          <Button
            size="compact-sm"
            onClick={() => {
              onClose();
              void router.navigate({ href: page });
            }}
          >
            {t("new.ownOpen")}
          </Button>
        </div>
      )}
      {page !== null || kind === undefined ? null : <Fields key={kind.name} kind={kind} onClose={onClose} />}
    </Stack>
  );
}

interface About {
  name: string;
  key: string;
  tags: string[];
}

function useCreate(kind: AssetKind, onClose: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ about, content }: { about: About; content: Json }) =>
      dataOf<AssetDetail>(
        api.POST("/api/v1/assets", {
          body: {
            kind: kind.name,
            name: about.name.trim(),
            ...(about.key.trim() === "" ? {} : { key: about.key.trim() }),
            description: "",
            tags: about.tags,
            content: content as JsonObject,
          },
        }),
      ),
    onSuccess: async (made) => {
      client.setQueryData(assetQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: ["assets", "list"] });
      onClose();
      await navigate({ to: "/assets/$assetId", params: { assetId: made.id } });
    },
  });
}

function Fields({ kind, onClose }: { kind: AssetKind; onClose(): void }) {
  const { t } = useTranslation("assets");
  const schema = useMemo(() => schemaOf(kind) ?? {}, [kind]);
  const [about, setAbout] = useState<About>({ name: "", key: "", tags: [] });
  const [content, setContent] = useState<Json>(() => blankOf(schema, schema));
  const [tried, setTried] = useState(false);
  const create = useCreate(kind, onClose);
  const flaws = flawsOf(content, schema);
  const found = serverFlaws(create.error, kind);
  const named = about.name.trim() !== "";
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (named && flaws.length === 0 && !create.isPending) create.mutate({ about, content });
      }}
    >
      <Stack gap="md">
        <AboutFields
          about={about}
          errors={{ ...(tried && !named ? { name: t("content.needName") } : {}), ...found.about }}
          onChange={setAbout}
        />
        <Divider label={t("content.title")} labelPosition="left" />
        <SchemaForm
          schema={schema}
          value={content}
          flaws={[...(tried ? flaws : []), ...found.content]}
          onChange={(next) => setContent(next)}
        />
        {found.content.length === 0 ? <ProblemNotice error={create.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("new.create")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

interface AboutProps {
  about: About;
  errors: Flaws["about"];
  onChange(about: About): void;
}

function AboutFields({ about, errors, onChange }: AboutProps) {
  const { t } = useTranslation("assets");
  return (
    <>
      <TextInput
        label={t("field.name")}
        required
        maxLength={200}
        error={errors.name}
        value={about.name}
        onChange={(event) => onChange({ ...about, name: event.currentTarget.value })}
        data-autofocus
      />
      <TextInput
        label={t("new.key")}
        description={t("new.keyText")}
        maxLength={80}
        value={about.key}
        onChange={(event) => onChange({ ...about, key: event.currentTarget.value })}
      />
      <TagsInput
        label={t("field.tags")}
        maxTags={30}
        error={errors.tags}
        value={about.tags}
        onChange={(tags) => onChange({ ...about, tags })}
      />
    </>
  );
}
