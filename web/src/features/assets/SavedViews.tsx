import { ActionIcon, Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmarkPlus, IconTrash, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import type { AssetView } from "@/lib/api/types";
import styles from "./list.module.css";
import { type AssetFilters, fromView, isFiltered, isShown, toView } from "./model/filters";
import { viewsQuery } from "./queries";

interface Props {
  filters: AssetFilters;
  onChoose(filters: AssetFilters): void;
}

const noFilters: AssetFilters = {
  q: undefined,
  kind: undefined,
  state: undefined,
  tag: undefined,
  fault: undefined,
};

/** Filters under a name: one's own, and those that others share. */
export function SavedViews({ filters, onChoose }: Props) {
  const { t } = useTranslation("assets");
  const views = useQuery(viewsQuery);
  const [saving, dialog] = useDisclosure(false);
  const known = views.data?.some((view) => isShown(view, filters)) === true;
  return (
    <section aria-label={t("views.title")} className={styles.views}>
      <h2 className={styles.viewsTitle}>{t("views.title")}</h2>
      <ProblemNotice error={views.error} />
      {views.data?.map((view) => (
        <ViewLine
          key={view.id}
          view={view}
          pressed={isShown(view, filters)}
          onChoose={() =>
            onChoose({ ...noFilters, ...(isShown(view, filters) ? {} : fromView(view.filters)) })
          }
        />
      ))}
      {views.data?.length === 0 && !isFiltered(filters) ? (
        <p className={styles.none}>{t("views.none")}</p>
      ) : null}
      {isFiltered(filters) && !known ? (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconBookmarkPlus size={15} aria-hidden />}
          onClick={dialog.open}
        >
          {t("views.save")}
        </Button>
      ) : null}
      <Modal
        opened={saving}
        onClose={dialog.close}
        title={t("views.save")}
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        {saving ? <SaveView filters={filters} onClose={dialog.close} /> : null}
      </Modal>
    </section>
  );
}

function ViewLine({ view, pressed, onChoose }: { view: AssetView; pressed: boolean; onChoose(): void }) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/asset-views/{view_id}", { params: { path: { view_id: view.id } } }),
    onError: (error) =>
      void toast({ tone: "critical", title: t("views.stays", { name: view.name }), text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: viewsQuery.queryKey }),
  });
  return (
    <div className={styles.view}>
      <button type="button" aria-pressed={pressed} onClick={onChoose}>
        {view.name}
        {view.shared ? (
          <span title={t("views.sharedBy", { name: view.owner_name })}>
            <IconUsers size={14} aria-label={t("views.sharedBy", { name: view.owner_name })} />
          </span>
        ) : null}
      </button>
      {view.mine ? (
        <ActionIcon
          size="sm"
          aria-label={t("views.forget", { name: view.name })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      ) : null}
    </div>
  );
}

function SaveView({ filters, onClose }: { filters: AssetFilters; onClose(): void }) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/asset-views", { body: { name: name.trim(), filters: toView(filters), shared } }),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: viewsQuery.queryKey });
    },
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "" && !save.isPending) save.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("views.name")}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Checkbox
          label={t("views.share")}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <ProblemNotice error={save.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" disabled={name.trim() === ""} loading={save.isPending}>
            {t("views.do")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
