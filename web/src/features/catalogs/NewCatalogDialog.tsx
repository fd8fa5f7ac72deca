import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, Connection } from "@/lib/api/types";
import { databasesQuery } from "./queries";

interface Props {
  opened: boolean;
  onClose(): void;
}

/** A new catalog: of which database, which of its tables, and whether rows are shown. */
export function NewCatalogDialog({ opened, onClose }: Props) {
  const { t } = useTranslation("catalogs");
  const databases = useQuery({ ...databasesQuery, enabled: opened });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("new.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {opened ? (
        <StateView
          query={databases}
          compact
          isEmpty={(all) => all.length === 0}
          empty={
            <EmptyState
              kind="nothing"
              compact
              title={t("new.noDatabase.title")}
              text={t("new.noDatabase.text")}
              action={
                <Button component={Link} to="/connections/new">
                  {t("new.noDatabase.do")}
                </Button>
              }
            />
          }
        >
          {(all) => <Fields databases={all} onClose={onClose} />}
        </StateView>
      ) : null}
    </Modal>
  );
}

interface Wanted {
  name: string;
  connection: string;
  include: string[];
  exclude: string[];
  samples: boolean;
}

function useCreate(onClose: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ name, samples, ...content }: Wanted) => {
      const made = await dataOf<AssetDetail>(
        api.POST("/api/v1/assets", {
          body: {
            kind: "catalog",
            name: name.trim(),
            description: "",
            tags: [],
            content: { ...content, ...(samples ? { samples: { rows: 5, mask: [] } } : {}) },
          },
        }),
      );
      // The catalog is there either way; its page says what became of the scan.
      await api
        .POST("/api/v1/catalogs/{asset_id}/scans", {
          params: { path: { asset_id: made.id } },
          body: { whole: false },
        })
        .catch(() => undefined);
      return made;
    },
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: ["catalogs"] });
      void client.invalidateQueries({ queryKey: ["assets"] });
      onClose();
      await navigate({ to: "/catalogs/$catalogId", params: { catalogId: id } });
    },
  });
}

function Fields({ databases, onClose }: { databases: readonly Connection[]; onClose(): void }) {
  const { t } = useTranslation("catalogs");
  const [wanted, setWanted] = useState<Wanted>({
    name: "",
    connection: databases[0]?.key ?? "",
    include: [],
    exclude: [],
    samples: false,
  });
  const [asked, setAsked] = useState(false);
  const set = (change: Partial<Wanted>) => setWanted((kept) => ({ ...kept, ...change }));
  const create = useCreate(onClose);
  const named = wanted.name.trim() !== "";
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (named && !create.isPending) create.mutate(wanted);
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("field.name")}
          required
          maxLength={200}
          error={asked && !named ? t("new.needName") : undefined}
          value={wanted.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <NativeSelect
          label={t("field.connection")}
          value={wanted.connection}
          onChange={(event) => set({ connection: event.currentTarget.value })}
          data={databases.map(({ key, name }) => ({ value: key, label: `${name} (${key})` }))}
        />
        <TagsInput
          label={t("new.include")}
          description={t("new.includeText")}
          value={wanted.include}
          onChange={(include) => set({ include })}
        />
        <TagsInput label={t("new.exclude")} value={wanted.exclude} onChange={(exclude) => set({ exclude })} />
        <Checkbox
          label={t("new.samples")}
          description={t("new.samplesText")}
          checked={wanted.samples}
          onChange={(event) => set({ samples: event.currentTarget.checked })}
        />
        <ProblemNotice error={create.error} />
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
