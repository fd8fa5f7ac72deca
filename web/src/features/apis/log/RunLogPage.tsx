import { Button, NativeSelect } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { showText } from "@/lib/format/numbers";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { RunDetails } from "../RunDetails";
import { KeepingLine } from "./KeepingLine";
import styles from "./log.module.css";
import { exportAddress, isFiltered, type RunFilters, readRunFilters, toQuery } from "./model";
import { useLoggedRuns } from "./queries";
import { RunFacetColumn } from "./RunFacetColumn";
import { TailSwitch } from "./TailSwitch";
import { useRunColumns } from "./use-run-columns";

const slow = [10, 100, 1000, 10_000] as const;

/** Every call of every API: searched, narrowed, followed as it comes in, and taken away as a file. */
export default function RunLogPage() {
  const { t } = useTranslation("apilog");
  const { filters: found, set } = useFilters<RunFilters>();
  const filters = readRunFilters({ ...found });
  const { range } = useTimeRange();
  const [live, setLive] = useState(true);
  const follows = live && range.to === "now";
  useLiveRefresh("api_runs", ["api-runs", "list"], 1000, follows);
  const runs = useLoggedRuns(filters, range);
  const { selected, select, clear } = useSelection();
  const chosen = runs.data?.find(({ id }) => id === selected);
  return (
    <Page
      fill
      header={<PageHeader title={t("title")} text={t("text")} actions={<Exports filters={filters} />} />}
    >
      <KeepingLine />
      <ListPanel
        label={t("title")}
        query={runs}
        columns={useRunColumns(false)}
        search={{ label: t("search"), text: filters.q, onSearch: (q) => set({ q }) }}
        tools={
          <>
            <Slower value={filters.slower} onChange={(slower) => set({ slower })} />
            <TailSwitch live={follows} fixed={range.to !== "now"} onChange={setLive} />
          </>
        }
        aside={<RunFacetColumn filters={filters} range={range} live={follows} onChange={set} />}
        filtered={isFiltered(filters)}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {chosen === undefined ? null : <RunDetails run={chosen} onClose={clear} />}
    </Page>
  );
}

function Slower({
  value,
  onChange,
}: {
  value: number | undefined;
  onChange(value: number | undefined): void;
}) {
  const { t, i18n } = useTranslation("apilog");
  const known = value === undefined || slow.some((each) => each === value) ? slow : [...slow, value];
  return (
    <NativeSelect
      size="xs"
      aria-label={t("slower.label")}
      value={String(value ?? "")}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === "" ? undefined : Number(text));
      }}
      data={[
        { value: "", label: t("slower.any") },
        ...known.map((ms) => ({
          value: String(ms),
          label: t("slower.than", { time: showText(ms, "ms", i18n.language) }),
        })),
      ]}
    />
  );
}

function Exports({ filters }: { filters: RunFilters }) {
  const { t } = useTranslation("apilog");
  const { range } = useTimeRange();
  const query = toQuery(filters, range, new Date());
  return (
    <span className={styles.exports}>
      {(["csv", "ndjson"] as const).map((format) => (
        <Button
          key={format}
          component="a"
          href={exportAddress(query, format)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t(`export.${format}`)}
        </Button>
      ))}
    </span>
  );
}
