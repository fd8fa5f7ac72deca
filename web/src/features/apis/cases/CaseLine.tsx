import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Differences } from "@/components/cases/Differences";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { ApiCase } from "@/lib/api/types";
import { kept } from "../model/cases";
import styles from "./cases.module.css";
import type { CaseSteps } from "./use-cases";

interface Props {
  shown: ApiCase;
  version: number;
  steps: CaseSteps;
  writes: boolean;
  onEdit(): void;
}

/** A case with what its last run gave; open, with every place that is not as expected. */
export function CaseLine({ shown, version, steps, writes, onEdit }: Props) {
  const { t } = useTranslation("apis");
  const [open, setOpen] = useState(false);
  const { outcome } = shown;
  return (
    <li className={styles.line}>
      <div className={styles.bar}>
        <button type="button" className={styles.open} aria-expanded={open} onClick={() => setOpen(!open)}>
          {shown.name}
        </button>
        <Verdict outcome={outcome ?? null} />
        <Button
          size="compact-xs"
          variant="default"
          loading={steps.run.isPending}
          onClick={() => steps.run.mutate({ version, ids: [shown.id] })}
        >
          {t("cases.runOne")}
        </Button>
      </div>
      {open ? <Opened shown={shown} steps={steps} writes={writes} onEdit={onEdit} /> : null}
    </li>
  );
}

function Verdict({ outcome }: { outcome: ApiCase["outcome"] | null }) {
  const { t } = useTranslation("apis");
  if (outcome === null || outcome === undefined)
    return <StatusBadge plain tone="idle" label={t("cases.never")} />;
  const on =
    outcome.version === 0 ? t("cases.draft") : t("common:object.version", { version: outcome.version });
  return (
    <>
      <StatusBadge
        plain
        tone={outcome.passed ? "ok" : "critical"}
        label={outcome.passed ? t("cases.passed") : t("cases.failed")}
      />
      <span className={styles.note}>
        {on} · <TimeAgo at={outcome.at} />
      </span>
    </>
  );
}

function Opened({ shown, steps, writes, onEdit }: Omit<Props, "version">) {
  const { t } = useTranslation("apis");
  const { outcome } = shown;
  const draft = kept(shown);
  return (
    <>
      <pre className={styles.code}>{JSON.stringify(shown.parameters, null, 2)}</pre>
      {outcome === null || outcome === undefined ? null : <Found outcome={outcome} />}
      {writes ? (
        <div className={styles.bar}>
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            {t("cases.change")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={draft === null || outcome?.passed === true}
            onClick={() => {
              if (draft !== null) steps.save.mutate({ id: shown.id, draft });
            }}
          >
            {t("cases.keep")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => steps.remove.mutate(shown.id)}>
            {t("cases.delete")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Found({ outcome }: { outcome: NonNullable<ApiCase["outcome"]> }) {
  const { t } = useTranslation("apis");
  const { differences, changes, answer, rows } = outcome;
  return (
    <>
      <p className={styles.note}>
        <span className="num">{outcome.status}</span> <code>{outcome.code}</code> {outcome.detail}
      </p>
      {differences.length === 0 ? null : <Differences title={t("cases.differences")} items={differences} />}
      {changes.length === 0 ? null : <Differences title={t("cases.changes")} items={changes} />}
      {answer === null || answer === undefined ? (
        rows > 0 && <p className={styles.note}>{t("cases.answerLarge")}</p>
      ) : (
        <section aria-label={t("cases.answer")}>
          <h4 className={styles.heading}>{t("cases.answer")}</h4>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre className={styles.code} tabIndex={0}>
            {JSON.stringify(answer, null, 2)}
          </pre>
        </section>
      )}
    </>
  );
}
