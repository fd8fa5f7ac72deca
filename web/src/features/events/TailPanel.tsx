import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type ReactNode, useEffect, useReducer, useState } from "react";
import { useTranslation } from "react-i18next";
import { Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { DataTable } from "@/components/table/DataTable";
import type { EventRow } from "@/lib/api/types";
import { openLazily } from "@/lib/live/open-lazily";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import type { StreamState } from "@/lib/stream/stream";
import { EventDetails } from "./EventDetails";
import styles from "./events.module.css";
import { addressOf, type EventFilters, toNarrowing } from "./filters";
import { emptyTail, tailed } from "./tail-state";
import type { useEventColumns } from "./use-event-columns";

interface Props {
  filters: EventFilters;
  columns: ReturnType<typeof useEventColumns>;
  toggle: ReactNode;
  onNarrow(condition: string): void;
}

const idOf = ({ id }: EventRow) => id;

/** Events as they come in. Held still, what comes waits and is counted; what comes too fast is counted and left out. */
export function TailPanel({ filters, columns, toggle, onNarrow }: Props) {
  const { t, i18n } = useTranslation("events");
  const [tail, tell] = useReducer(tailed, emptyTail);
  const [state, setState] = useState<StreamState>("connecting");
  const { selected, select, clear } = useSelection();
  const url = addressOf("/api/v1/events/tail", toNarrowing(filters));
  useEffect(() => {
    const stream = openLazily({
      url,
      onState: setState,
      onMessage: ({ payload }) => {
        const { items, skipped } = payload as { items: EventRow[]; skipped: number };
        tell({ type: "came", items, skipped });
      },
    });
    return () => stream.close();
  }, [url]);
  const count = (value: number) => value.toLocaleString(i18n.language);
  const chosen = tail.rows.find(({ id }) => id === selected);
  const Icon = tail.paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <>
      <Toolbar>
        {toggle}
        <Button
          variant="default"
          size="xs"
          aria-pressed={tail.paused}
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => tell({ type: tail.paused ? "go" : "pause" })}
        >
          {tail.paused ? t("tail.go", { count: tail.held.length }) : t("tail.pause")}
        </Button>
        <Button variant="subtle" size="xs" onClick={() => tell({ type: "clear" })}>
          {t("tail.clear")}
        </Button>
        <p className={styles.note} role="status" data-testid="tail">
          {[
            t(`tail.state.${state}`),
            t("tail.received", { count: tail.received, shown: count(tail.received) }),
            t("tail.skipped", { count: tail.skipped, shown: count(tail.skipped) }),
          ].join(" · ")}
        </p>
      </Toolbar>
      <Panel fill>
        {tail.rows.length === 0 ? (
          <EmptyState kind="nothing" title={t("tail.none.title")} text={t("tail.none.text")} />
        ) : (
          <DataTable
            label={t("tail.label")}
            columns={columns}
            rows={tail.rows}
            rowId={idOf}
            selectedId={selected}
            onOpen={openSelected(select)}
          />
        )}
      </Panel>
      {chosen === undefined ? null : (
        <EventDetails key={chosen.id} event={chosen} onNarrow={onNarrow} onClose={clear} />
      )}
    </>
  );
}
