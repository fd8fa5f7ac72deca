import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { Waiting } from "@/components/state/Waiting";
import styles from "./catalogs.module.css";
import { diagramQuery, useTables } from "./queries";

const EntityGraph = lazy(() => import("./EntityGraph"));

/** Tables and the foreign keys between them: the most connected ones, or those that somebody chooses with their neighbours. */
export function DiagramTab({ id }: { id: string }) {
  const { t } = useTranslation("catalogs");
  const [chosen, setChosen] = useState<string[]>([]);
  const tables = useTables(id, undefined, false);
  const diagram = useQuery(diagramQuery(id, chosen));
  const names = [...new Set([...(tables.data ?? []).map(({ path }) => path), ...chosen])];
  return (
    <Panel fill>
      <div className={styles.diagramTools}>
        <MultiSelect
          label={t("diagram.tables")}
          placeholder={chosen.length === 0 ? t("diagram.most") : ""}
          searchable
          clearable
          maxValues={100}
          limit={50}
          data={names}
          value={chosen}
          onChange={setChosen}
          clearButtonProps={{ "aria-label": t("common:action.clear") }}
        />
        {diagram.data?.truncated === true ? (
          <span className={styles.note}>{t("diagram.truncated", { count: diagram.data.tables.length })}</span>
        ) : null}
      </div>
      <StateView
        query={diagram}
        compact
        isEmpty={({ tables: found }) => found.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("diagram.none.title")} text={t("diagram.none.text")} />
        }
      >
        {(found) => (
          <Suspense fallback={<Waiting />}>
            <EntityGraph diagram={found} />
          </Suspense>
        )}
      </StateView>
    </Panel>
  );
}
