import { Button } from "@mantine/core";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import type { ApiDraft } from "@/lib/api/types";
import { useSaveKey } from "@/lib/keyboard/use-save-key";
import { useHandedDraft } from "@/lib/navigation/handed";
import styles from "./apis.module.css";
import { emptyForm, fromHanded } from "./model/form";
import { Readable } from "./Readable";
import { useApiForm } from "./use-api-form";
import { Workbench } from "./Workbench";

export default function NewApiPage() {
  const { t } = useTranslation("apis");
  const handed = useHandedDraft<Partial<ApiDraft>>();
  const editing = useApiForm(handed === undefined ? emptyForm : fromHanded(handed));
  const create = () => void editing.ensureSaved();
  useSaveKey(create, true);
  return (
    <Page
      header={
        <PageHeader
          title={t("new")}
          text={t("newText")}
          actions={
            <Button
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              loading={editing.save.isPending}
              onClick={create}
            >
              {t("create")}
            </Button>
          }
        />
      }
    >
      <Workbench
        editing={editing}
        readOnly={false}
        onRun={create}
        side={
          editing.form.values.logic.type === "http" ? null : (
            <Panel
              title={t("readable.title")}
              note={<span className={styles.note}>{t("readable.note")}</span>}
            >
              <Readable />
            </Panel>
          )
        }
      />
    </Page>
  );
}
