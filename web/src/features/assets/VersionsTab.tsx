import { Button, NativeSelect } from "@mantine/core";
import { IconArrowRight, IconArrowsExchange } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChangeList } from "@/components/diff/ChangeList";
import { StepDialog } from "@/components/lifecycle/StepDialog";
import type { Step } from "@/components/lifecycle/steps";
import { diffQuery } from "@/components/lifecycle/steps";
import { VersionLines } from "@/components/lifecycle/VersionLines";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { AssetDetail } from "@/lib/api/types";
import styles from "./assets.module.css";
import { useVersions } from "./queries";

/** 0 stands for the draft, as on the wire. */
const draft = 0;

/** What was published, newest first, and what differs between any two of them or the draft. */
export function VersionsTab({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation(["assets", "lifecycle"]);
  const versions = useVersions(asset.id);
  const [step, setStep] = useState<Step | null>(null);
  const [pair, setPair] = useState<{ from: number; to: number } | null>(null);
  const numbers = versions.data?.map(({ version }) => version) ?? [];
  const shown = pair ?? { from: asset.published_version ?? numbers[0] ?? draft, to: draft };
  return (
    <div className={styles.halves}>
      <Panel title={t("versions.title")}>
        <StateView
          query={versions}
          compact
          isEmpty={(all) => all.length === 0}
          empty={
            <EmptyState
              kind="nothing"
              compact
              title={t("lifecycle:versions.none.title")}
              text={t("lifecycle:versions.none.text")}
            />
          }
        >
          {(all) => (
            <>
              <VersionLines
                versions={all}
                onCompare={({ version }, index) =>
                  setPair({ from: all[index + 1]?.version ?? version, to: version })
                }
                onRollback={
                  asset.can_write && asset.state !== "archived"
                    ? ({ version }) => setStep({ action: "rollback", version })
                    : undefined
                }
              />
              {versions.hasNextPage ? (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  loading={versions.isFetchingNextPage}
                  onClick={() => void versions.fetchNextPage()}
                >
                  {t("common:action.loadMore")}
                </Button>
              ) : null}
            </>
          )}
        </StateView>
      </Panel>
      {numbers.length === 0 ? null : (
        <Panel title={t("versions.compare")}>
          <Pair numbers={numbers} pair={shown} onChange={setPair} />
          <Difference asset={asset} pair={shown} />
        </Panel>
      )}
      <StepDialog asset={asset} step={step} onClose={() => setStep(null)} />
    </div>
  );
}

interface PairProps {
  numbers: readonly number[];
  pair: { from: number; to: number };
  onChange(pair: { from: number; to: number }): void;
}

function Pair({ numbers, pair, onChange }: PairProps) {
  const { t } = useTranslation("assets");
  const options = [
    { value: String(draft), label: t("common:lifecycle.draft") },
    ...numbers.map((version) => ({ value: String(version), label: t("common:object.version", { version }) })),
  ];
  return (
    <div className={styles.pair}>
      <NativeSelect
        aria-label={t("versions.from")}
        data={options}
        value={String(pair.from)}
        onChange={(event) => onChange({ ...pair, from: Number(event.currentTarget.value) })}
      />
      <IconArrowRight size={16} aria-hidden />
      <NativeSelect
        aria-label={t("versions.to")}
        data={options}
        value={String(pair.to)}
        onChange={(event) => onChange({ ...pair, to: Number(event.currentTarget.value) })}
      />
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowsExchange size={15} aria-hidden />}
        onClick={() => onChange({ from: pair.to, to: pair.from })}
      >
        {t("versions.swap")}
      </Button>
    </div>
  );
}

function Difference({ asset, pair }: { asset: AssetDetail; pair: { from: number; to: number } }) {
  const { t } = useTranslation("assets");
  const diff = useQuery(diffQuery(asset.id, pair.from, pair.to, asset.draft_revision));
  return (
    <StateView query={diff} compact>
      {({ changes, breaking }) => (
        <>
          {breaking.length === 0 ? null : (
            <div className={styles.breakingBox}>
              <StatusBadge tone="warn" label={t("versions.breaking", { count: breaking.length })} />
              <ul className={styles.breaking}>
                {breaking.map(({ part, reason }) => (
                  <li key={`${part} ${reason}`}>
                    <code>{part}</code> {reason}
                  </li>
                ))}
              </ul>
            </div>
          )}
          <ChangeList changes={changes} none={t("lifecycle:same")} />
        </>
      )}
    </StateView>
  );
}
