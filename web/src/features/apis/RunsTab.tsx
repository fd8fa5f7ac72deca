import { Switch } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { DataTable } from "@/components/table/DataTable";
import type { ApiRunOutcome } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import styles from "./apis.module.css";
import { outcomes } from "./log/model";
import { useLoggedRuns } from "./log/queries";
import { TailSwitch } from "./log/TailSwitch";
import { useRunColumns } from "./log/use-run-columns";
import { RunDetails } from "./RunDetails";

const failures: ApiRunOutcome[] = outcomes.filter((outcome) => outcome !== "answered");

/** Every call of the API in the page's time range, also those that were refused, newest first. */
export function RunsTab({ id }: { id: string }) {
  const { t } = useTranslation(["apis", "apilog"]);
  const [failed, setFailed] = useState(false);
  const [text, setText] = useState<string | undefined>();
  const [live, setLive] = useState(true);
  const { range } = useTimeRange();
  const follows = live && range.to === "now";
  useLiveRefresh("api_runs", ["api-runs", "list"], 1000, follows);
  const runs = useLoggedRuns({ api: [id], q: text, ...(failed ? { outcome: failures } : {}) }, range);
  const columns = useRunColumns(true);
  const { selected, select, clear } = useSelection();
  const chosen = runs.data?.find((run) => run.id === selected);
  return (
    <div className={styles.inner}>
      <div className={styles.bar}>
        <SearchInput
          value={text ?? ""}
          label={t("apilog:search")}
          onSearch={(found) => setText(found === "" ? undefined : found)}
        />
        <Switch
          size="xs"
          label={t("runs.failedOnly")}
          checked={failed}
          onChange={(event) => setFailed(event.currentTarget.checked)}
        />
        <TailSwitch live={follows} fixed={range.to !== "now"} onChange={setLive} />
        <Link className={styles.link} to="/api-runs" search={{ api: [id] }}>
          {t("apilog:openAll")}
        </Link>
      </div>
      <StateView
        query={runs}
        compact
        isEmpty={(rows) => rows.length === 0}
        empty={<NoRuns failed={failed} searched={text !== undefined} />}
      >
        {(rows) => (
          <div className={styles.result}>
            <DataTable
              label={t("tab.runs")}
              columns={columns}
              rows={rows}
              rowId={(run) => run.id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={runs}
            />
          </div>
        )}
      </StateView>
      {chosen === undefined ? null : <RunDetails run={chosen} onClose={clear} />}
    </div>
  );
}

function NoRuns({ failed, searched }: { failed: boolean; searched: boolean }) {
  const { t } = useTranslation("apis");
  if (searched) return <EmptyState kind="filtered" compact />;
  return failed ? (
    <EmptyState kind="healthy" compact title={t("runs.noneFailed.title")} text={t("runs.noneFailed.text")} />
  ) : (
    <EmptyState kind="nothing" compact title={t("runs.none.title")} text={t("runs.none.text")} />
  );
}
