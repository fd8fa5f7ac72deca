import { Button } from "@mantine/core";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LifeButtons } from "@/components/lifecycle/LifeButtons";
import type { Api } from "@/lib/api/types";
import styles from "./apis.module.css";
import { Compatibility } from "./changes/Compatibility";
import { plainPath, servedPath, stepping } from "./model/results";
import { versionsQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

interface Props {
  shown: Api;
  editing: ApiEditing;
  onSave(): void;
}

/** Save, serve, stop serving, archive. What others notice is said before it happens. */
export function ApiActions({ shown, editing, onSave }: Props) {
  const { t } = useTranslation("apis");
  const navigate = useNavigate();
  const dirty = editing.form.isDirty();
  const notes = useNotes(shown);
  return (
    <>
      <span className={styles.saveState} role="status">
        {dirty ? t("unsaved") : t("allSaved")}
      </span>
      <LifeButtons
        asset={stepping(shown)}
        also={["apis"]}
        notes={notes}
        flush={async () => (await editing.ensureSaved()) !== null}
        onArchived={() => void navigate({ to: "/apis" })}
      >
        <Button
          variant="default"
          leftSection={<IconDeviceFloppy size={16} aria-hidden />}
          loading={editing.save.isPending}
          disabled={!dirty}
          onClick={onSave}
        >
          {t("save")}
        </Button>
      </LifeButtons>
    </>
  );
}

/** What callers notice of a step: they are nobody's dependants in the registry. */
function useNotes(shown: Api) {
  const { t } = useTranslation("apis");
  const { data } = useQuery(versionsQuery(shown.id));
  const path = plainPath(shown.definition.path);
  const served = servedPath(data?.items);
  const gone = served === null ? null : t("step.gone", { path: served });
  const moved = served !== null && served !== path;
  const first = shown.published_version === null ? t("step.first", { path }) : null;
  const publish = (
    <>
      {moved ? gone : first}
      {served === null ? null : <Compatibility apiId={shown.id} to={0} />}
    </>
  );
  return { publish, unpublish: gone, archive: gone };
}
