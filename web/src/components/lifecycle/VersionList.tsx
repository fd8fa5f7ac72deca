import type { ReactNode } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../state/EmptyState";
import { type QueryLike, StateView } from "../state/StateView";
import { StepDialog } from "./StepDialog";
import type { Step, Stepping } from "./steps";
import { type VersionLine, VersionLines } from "./VersionLines";

interface Props<V extends VersionLine> {
  asset: Stepping;
  query: QueryLike<{ items: V[] }>;
  canWrite: boolean;
  text: (version: V) => ReactNode;
  /** What else a rollback makes stale: first parts of query keys. */
  also: readonly string[];
  onRolledBack?: () => void;
}

/** The versions of an asset on a page of its kind; going back to one says first what it would change. */
export function VersionList<V extends VersionLine>({
  asset,
  query,
  canWrite,
  text,
  also,
  onRolledBack,
}: Props<V>) {
  const { t } = useTranslation("lifecycle");
  const [step, setStep] = useState<Step | null>(null);
  return (
    <>
      <StateView
        query={query}
        compact
        isEmpty={({ items }) => items.length === 0}
        empty={
          <EmptyState
            kind="nothing"
            compact
            title={t("versions.none.title")}
            text={t("versions.none.text")}
          />
        }
      >
        {({ items }) => (
          <VersionLines
            versions={items}
            text={text}
            onRollback={canWrite ? ({ version }) => setStep({ action: "rollback", version }) : undefined}
          />
        )}
      </StateView>
      <StepDialog
        asset={asset}
        step={step}
        also={also}
        onDone={() => onRolledBack?.()}
        onClose={() => setStep(null)}
      />
    </>
  );
}
