import { ActionIcon, Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmarkPlus, IconTrash, IconUsers } from "@tabler/icons-react";
import { type QueryKey, type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import styles from "./views.module.css";

export interface View {
  id: string;
  name: string;
  shared: boolean;
  mine: boolean;
  owner_name: string;
}

/** Where the views of a list are kept. */
interface Store {
  queryKey: QueryKey;
  keep(name: string, shared: boolean): Promise<unknown>;
  forget(id: string): Promise<unknown>;
}

interface Props<V extends View> {
  views: UseQueryResult<V[]>;
  store: Store;
  /** Whether the list shows what a view says. */
  isShown(view: V): boolean;
  /** Whether the list's filters leave anything out. */
  filtered: boolean;
  /** Undefined: no filters. */
  onChoose(view: V | undefined): void;
}

/** Filters under a name: one's own, and those that others share. */
export function SavedViews<V extends View>({ views, store, isShown, filtered, onChoose }: Props<V>) {
  const { t } = useTranslation("views");
  const [saving, dialog] = useDisclosure(false);
  const known = views.data?.some(isShown) === true;
  return (
    <section aria-label={t("title")} className={styles.views}>
      <h2 className={styles.viewsTitle}>{t("title")}</h2>
      <ProblemNotice error={views.error} />
      {views.data?.map((view) => (
        <ViewLine
          key={view.id}
          view={view}
          store={store}
          pressed={isShown(view)}
          onChoose={() => onChoose(isShown(view) ? undefined : view)}
        />
      ))}
      {views.data?.length === 0 && !filtered ? <p className={styles.none}>{t("none")}</p> : null}
      {filtered && !known ? (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconBookmarkPlus size={15} aria-hidden />}
          onClick={dialog.open}
        >
          {t("save")}
        </Button>
      ) : null}
      <Modal
        opened={saving}
        onClose={dialog.close}
        title={t("save")}
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        {saving ? <SaveView store={store} onClose={dialog.close} /> : null}
      </Modal>
    </section>
  );
}

interface LineProps {
  view: View;
  store: Store;
  pressed: boolean;
  onChoose(): void;
}

function ViewLine({ view, store, pressed, onChoose }: LineProps) {
  const { t } = useTranslation("views");
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => store.forget(view.id),
    onError: (error) =>
      void toast({ tone: "critical", title: t("stays", { name: view.name }), text: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: store.queryKey }),
  });
  return (
    <div className={styles.view}>
      <button type="button" aria-pressed={pressed} onClick={onChoose}>
        {view.name}
        {view.shared ? (
          <span title={t("sharedBy", { name: view.owner_name })}>
            <IconUsers size={14} aria-label={t("sharedBy", { name: view.owner_name })} />
          </span>
        ) : null}
      </button>
      {view.mine ? (
        <ActionIcon
          size="sm"
          aria-label={t("forget", { name: view.name })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      ) : null}
    </div>
  );
}

function SaveView({ store, onClose }: { store: Store; onClose(): void }) {
  const { t } = useTranslation("views");
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => store.keep(name.trim(), shared),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: store.queryKey });
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
          label={t("name")}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Checkbox
          label={t("share")}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        <ProblemNotice error={save.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" disabled={name.trim() === ""} loading={save.isPending}>
            {t("do")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
