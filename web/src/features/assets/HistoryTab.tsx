import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { AssetDetail, AssetHistory } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useHistory } from "./queries";
import styles from "./sides.module.css";

/** Who did what to the asset, latest first: its part of the audit record. */
export function HistoryTab({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const history = useHistory(asset.id);
  return (
    <Panel title={t("history.title")}>
      <StateView
        query={history}
        compact
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState kind="nothing" compact />}
      >
        {(all) => (
          <>
            <ol className={styles.history}>
              {all.map((entry) => (
                <Entry key={entry.seq} entry={entry} />
              ))}
            </ol>
            {history.hasNextPage ? (
              <Button
                variant="subtle"
                size="compact-sm"
                loading={history.isFetchingNextPage}
                onClick={() => void history.fetchNextPage()}
              >
                {t("common:action.loadMore")}
              </Button>
            ) : null}
          </>
        )}
      </StateView>
    </Panel>
  );
}

function Entry({ entry }: { entry: AssetHistory }) {
  const { t, i18n } = useTranslation("assets");
  const word = entry.action.slice(entry.action.indexOf(".") + 1);
  const known = i18n.exists(`assets:history.action.${word}`);
  const facts = Object.entries(entry.detail).filter(([, value]) => value !== "" && value !== null);
  return (
    <li>
      <span className="num">{dateTime(new Date(entry.at), i18n.language)}</span>
      <span>{entry.actor_name}</span>
      <strong>{known ? t(`history.action.${word}`) : entry.action}</strong>
      <span className={styles.facts}>
        {facts.map(([name, value]) => (
          <span key={name}>
            {i18n.exists(`assets:history.fact.${name}`) ? t(`history.fact.${name}`) : name}{" "}
            <code>
              {name === "hash"
                ? String(value).slice(0, 10)
                : shortened(typeof value === "string" ? value : JSON.stringify(value))}
            </code>
          </span>
        ))}
      </span>
    </li>
  );
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
