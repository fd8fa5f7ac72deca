import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { Api, ApiVersion } from "@/lib/api/types";
import styles from "./apis.module.css";
import { toDraft } from "./model/form";
import { changedParts } from "./model/results";
import { versionsQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

interface Props {
  shown: Api;
  editing: ApiEditing;
  opened: boolean;
  onClose(): void;
}

export function PublishDialog({ opened, onClose, ...rest }: Props) {
  const { t } = useTranslation("apis");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("publish.title", { name: rest.shown.name })}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {opened ? <Body {...rest} onClose={onClose} /> : null}
    </Modal>
  );
}

/** Says what callers will notice, saves what is on screen, and serves it. */
function Body({ shown, editing, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation("apis");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const publish = useMutation({
    mutationFn: async () => {
      const saved = await editing.ensureSaved();
      if (saved === null) return null;
      return dataOf<ApiVersion>(
        api.POST("/api/v1/apis/{api_id}/publish", {
          params: { path: { api_id: saved.id } },
          body: { comment: comment.trim() },
        }),
      );
    },
    onSuccess: async (version) => {
      onClose();
      if (version === null) return;
      void toast({ tone: "ok", title: t("publish.done", { version: version.version }) });
      await client.invalidateQueries({ queryKey: ["apis"] });
    },
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (!publish.isPending) publish.mutate();
      }}
    >
      <Stack gap="md">
        <Impact shown={shown} editing={editing} />
        <TextInput
          label={t("publish.comment")}
          maxLength={1000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          data-autofocus
        />
        <ProblemNotice error={publish.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={publish.isPending}>
            {t("publish.do")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}

function Impact({ shown, editing }: Pick<Props, "shown" | "editing">) {
  const { t } = useTranslation("apis");
  const { data } = useQuery(versionsQuery(shown.id));
  const draft = toDraft(editing.form.values);
  const live = data?.items.find(({ is_published }) => is_published);
  if (live === undefined) return <p className={styles.note}>{t("publish.first", { path: draft.path })}</p>;
  const { name: _, ...definition } = draft;
  const parts = changedParts(live.definition, definition as Api["definition"]);
  return (
    <div>
      <p className={styles.note}>
        {parts.length === 0
          ? t("publish.same")
          : t("publish.changes", { parts: parts.map((part) => t(`part.${part}`)).join(", ") })}
      </p>
      {parts.includes("path") ? (
        <p className={styles.warn}>{t("publish.moved", { path: live.definition.path })}</p>
      ) : null}
    </div>
  );
}
