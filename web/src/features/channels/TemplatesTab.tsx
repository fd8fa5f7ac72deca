import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { useMay } from "@/lib/query/me";
import { AssetList } from "./AssetList";
import styles from "./channels.module.css";
import { useAssetsOf } from "./queries";
import { TemplateDialog } from "./TemplateDialog";

/** The words of messages, in both languages, with what they say about an alert beside them. */
export function TemplatesTab() {
  const { t } = useTranslation("channels");
  const may = useMay();
  const templates = useAssetsOf("message_template");
  const [editing, setEditing] = useState<string | "new">();
  return (
    <>
      <div className={styles.head}>
        <p className={styles.note}>{t("tabText.templates")}</p>
        {may("channels.write") ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing("new")}>
            {t("templates.add")}
          </Button>
        ) : null}
      </div>
      <AssetList
        label={t("tab.templates")}
        query={templates}
        empty={
          <EmptyState kind="nothing" title={t("templates.none.title")} text={t("templates.none.text")} />
        }
        onOpen={({ id }) => setEditing(id)}
      />
      {editing === undefined ? null : (
        <TemplateDialog id={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </>
  );
}
