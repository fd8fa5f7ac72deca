import { Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { TraceChange, TraceComparison, TracePart } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { changeTone, toneOf } from "./looks";
import { PairTable } from "./PairTable";
import { comparisonQuery } from "./queries";
import styles from "./traces.module.css";

/** Two traces side by side, span by span. */
export default function ComparePage() {
  const { t } = useTranslation("traces");
  const { traceId } = useParams({ strict: false });
  const { with: other } = useSearch({ strict: false }) as { with?: string };
  const comparison = useQuery(comparisonQuery(traceId ?? "", other ?? ""));
  return (
    <Page header={<PageHeader title={t("compare.title")} text={t("compare.text")} />}>
      <StateView query={comparison}>{(data) => <Loaded found={data} />}</StateView>
    </Page>
  );
}

function Loaded({ found }: { found: TraceComparison }) {
  const { t } = useTranslation("traces");
  const [onlyChanged, setOnlyChanged] = useState(false);
  const changed = (pair: { change: TraceChange; values: unknown[] }) =>
    pair.change !== "same" || pair.values.length > 0;
  return (
    <div className={styles.main}>
      <div className={styles.sides}>
        <Side title={t("compare.before")} part={found.before} />
        <Side title={t("compare.after")} part={found.after} />
      </div>
      {found.assets.length === 0 ? null : (
        <Panel title={t("assets")}>
          <ul className={styles.list}>
            {found.assets.map(({ kind, name, before, after }) => (
              <li key={`${kind} ${name}`}>
                {kind} {name} <span className="num">{`${before ?? "–"} → ${after ?? "–"}`}</span>{" "}
                {before === after ? null : <StatusBadge plain tone="info" label={t("compare.differs")} />}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={t("compare.spans")}>
        <div className={styles.tools}>
          {Object.entries(found.counts).map(([change, count]) => (
            <StatusBadge
              key={change}
              plain
              tone={changeTone[change as TraceChange]}
              label={`${t(`change.${change}`)} ${count}`}
            />
          ))}
          <Checkbox
            size="xs"
            label={t("compare.onlyChanged")}
            checked={onlyChanged}
            onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
          />
        </div>
        <PairTable
          pairs={onlyChanged ? found.pairs.filter(changed) : found.pairs}
          before={found.before.trace_id}
          after={found.after.trace_id}
        />
        {found.complete ? null : <p className={styles.note}>{t("compare.cut")}</p>}
      </Panel>
    </div>
  );
}

function Side({ title, part }: { title: string; part: TracePart }) {
  const { t, i18n } = useTranslation("traces");
  return (
    <Panel title={title}>
      <p className={styles.inner}>
        <StatusBadge plain tone={toneOf[part.status]} label={t(`status.${part.status}`)} />{" "}
        <Link className={styles.link} to="/traces/$traceId" params={{ traceId: part.trace_id }}>
          {part.name}
        </Link>{" "}
        <span className={styles.note}>
          {dateTime(new Date(part.at), i18n.language)} · {showText(part.duration_ms, "ms", i18n.language)}
        </span>
      </p>
    </Panel>
  );
}
