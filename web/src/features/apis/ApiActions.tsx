import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArchive, IconDeviceFloppy, IconPlayerStop, IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import type { Api } from "@/lib/api/types";
import styles from "./apis.module.css";
import { PublishDialog } from "./PublishDialog";
import type { ApiEditing } from "./use-api-form";

interface Props {
  shown: Api;
  editing: ApiEditing;
  onSave(): void;
}

/** Save, serve, stop serving, archive. What others notice is said before it happens. */
export function ApiActions({ shown, editing, onSave }: Props) {
  const { t } = useTranslation("apis");
  const [publishing, publish] = useDisclosure(false);
  const [stopping, stop] = useDisclosure(false);
  const [archiving, archive] = useDisclosure(false);
  const dirty = editing.form.isDirty();
  return (
    <>
      <span className={styles.saveState} role="status">
        {dirty ? t("unsaved") : t("allSaved")}
      </span>
      <Button variant="default" leftSection={<IconArchive size={16} aria-hidden />} onClick={archive.open}>
        {t("archive.do")}
      </Button>
      {shown.published_version === null ? null : (
        <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={stop.open}>
          {t("unpublish.do")}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconDeviceFloppy size={16} aria-hidden />}
        loading={editing.save.isPending}
        disabled={!dirty}
        onClick={onSave}
      >
        {t("save")}
      </Button>
      <Button leftSection={<IconRocket size={16} aria-hidden />} onClick={publish.open}>
        {t("publish.do")}
      </Button>
      <PublishDialog shown={shown} editing={editing} opened={publishing} onClose={publish.close} />
      <Unpublish shown={shown} opened={stopping} onClose={stop.close} />
      <Archive shown={shown} opened={archiving} onClose={archive.close} />
    </>
  );
}

interface DialogProps {
  shown: Api;
  opened: boolean;
  onClose(): void;
}

function Unpublish({ shown, opened, onClose }: DialogProps) {
  const { t } = useTranslation("apis");
  const client = useQueryClient();
  const unpublish = useMutation({
    mutationFn: () => api.POST("/api/v1/apis/{api_id}/unpublish", { params: { path: { api_id: shown.id } } }),
    onSuccess: () => {
      onClose();
      void toast({ tone: "ok", title: t("unpublish.done") });
      return client.invalidateQueries({ queryKey: ["apis"] });
    },
  });
  return (
    <ConfirmDanger
      opened={opened}
      title={t("unpublish.title", { name: shown.name })}
      impact={t("unpublish.impact", { path: shown.definition.path })}
      confirmLabel={t("unpublish.do")}
      busy={unpublish.isPending}
      error={unpublish.error}
      onConfirm={() => unpublish.mutate()}
      onClose={onClose}
    />
  );
}

function Archive({ shown, opened, onClose }: DialogProps) {
  const { t } = useTranslation("apis");
  const client = useQueryClient();
  const navigate = useNavigate();
  const archive = useMutation({
    mutationFn: () => api.DELETE("/api/v1/apis/{api_id}", { params: { path: { api_id: shown.id } } }),
    onSuccess: async () => {
      await navigate({ to: "/apis" });
      await client.invalidateQueries({ queryKey: ["apis", "list"] });
    },
  });
  return (
    <ConfirmDanger
      opened={opened}
      title={t("archive.title", { name: shown.name })}
      impact={t("archive.impact")}
      confirmLabel={t("archive.do")}
      typeName={shown.name}
      busy={archive.isPending}
      error={archive.error}
      onConfirm={() => archive.mutate()}
      onClose={onClose}
    />
  );
}
