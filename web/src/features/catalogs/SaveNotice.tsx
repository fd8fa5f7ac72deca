import { Alert, Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import styles from "./catalogs.module.css";
import { clashes } from "./model/words";
import type { WordsEditing } from "./use-words";

/** Whether what is typed is stored; and what to do where somebody else was faster. */
export function SaveNotice({ editing }: { editing: WordsEditing }) {
  const { t } = useTranslation("catalogs");
  if (editing.readOnly) return null;
  if (editing.error !== null)
    return (
      <div className={styles.failed}>
        <ProblemNotice error={editing.error} />
        <Button size="compact-sm" variant="default" onClick={editing.retry}>
          {t("common:action.retry")}
        </Button>
      </div>
    );
  const word = editing.conflict !== null ? "conflict" : editing.dirty || editing.saving ? "saving" : "saved";
  const tone = { conflict: "warn", saving: "idle", saved: "ok" } as const;
  return (
    <>
      <span role="status">
        <StatusBadge plain tone={tone[word]} label={t(`save.${word}`)} />
      </span>
      <Conflict editing={editing} />
    </>
  );
}

function Conflict({ editing }: { editing: WordsEditing }) {
  const { t } = useTranslation("catalogs");
  const { conflict } = editing;
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => undefined}
      withCloseButton={false}
      title={t("conflict.title")}
    >
      {conflict === null ? null : (
        <>
          <Alert color="danger" variant="light" title={t("conflict.who", { name: conflict.by })}>
            {t("conflict.text")}
            <ul className={styles.clashes}>
              {clashes(editing.base, conflict.content, editing.edits).map(({ pointer }) => (
                <li key={pointer}>
                  <code>{pointer}</code>
                </li>
              ))}
            </ul>
          </Alert>
          <Group justify="flex-end" gap="sm" mt="md">
            <Button variant="default" onClick={() => editing.settle("theirs")}>
              {t("conflict.theirs")}
            </Button>
            <Button onClick={() => editing.settle("mine")}>{t("conflict.mine")}</Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
