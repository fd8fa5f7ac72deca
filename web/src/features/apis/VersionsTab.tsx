import { useQuery } from "@tanstack/react-query";
import { VersionList } from "@/components/lifecycle/VersionList";
import type { Api } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./apis.module.css";
import { CompareVersions } from "./changes/CompareVersions";
import { stepping } from "./model/results";
import { versionsQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

/** What was published, newest first; any of them can be served again. */
export function VersionsTab({ shown, editing }: { shown: Api; editing: ApiEditing }) {
  const may = useMay();
  const versions = useQuery(versionsQuery(shown.id));
  return (
    <>
      <VersionList
        asset={stepping(shown)}
        query={versions}
        canWrite={may("apis.write")}
        text={({ name, definition }) => (definition === null ? name : <code>{definition.path}</code>)}
        also={["apis"]}
        onRolledBack={() => {
          // What was typed and not saved stays, and the page says that there is another draft.
          if (!editing.form.isDirty()) void editing.takeTheirs(shown.id);
        }}
      />
      <div className={styles.inner}>
        <CompareVersions apiId={shown.id} versions={versions.data?.items ?? []} />
      </div>
    </>
  );
}
