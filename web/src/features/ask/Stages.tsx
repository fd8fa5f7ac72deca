import { Loader } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconPlayerSkipForward,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { showText } from "@/lib/format/numbers";
import styles from "./ask.module.css";
import { valueText } from "./model/answer";
import type { StageLine } from "./model/progress";

const icons = {
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  error: IconCircleX,
  skipped: IconPlayerSkipForward,
  waiting: IconCircleDashed,
};

/** What happens to a question, step by step, with the time each took, what it was given and what came of it. */
export function Stages({ lines }: { lines: readonly StageLine[] }) {
  const { t, i18n } = useTranslation("ask");
  return (
    <ol className={styles.stages}>
      {lines.map((line) => (
        <li key={line.name} data-state={line.state}>
          <StageIcon state={line.state} />
          <span>{t(`stage.${line.name}`)}</span>
          <span className={`${styles.note} num`}>
            {line.tookMs === null || line.state === "skipped"
              ? t(`stageState.${line.state}`)
              : showText(line.tookMs, "ms", i18n.language)}
          </span>
          <Told line={line} />
        </li>
      ))}
    </ol>
  );
}

function Told({ line }: { line: StageLine }) {
  const { t } = useTranslation("ask");
  const parts = [
    ["input", Object.entries(line.input)],
    ["output", Object.entries(line.output)],
  ] as const;
  if (parts.every(([, pairs]) => pairs.length === 0)) return null;
  return (
    <details className={styles.told}>
      <summary>{t("stageDetail.open")}</summary>
      {parts.map(([name, pairs]) =>
        pairs.length === 0 ? null : (
          <dl key={name} aria-label={t(`stageDetail.${name}`)}>
            <dt>{t(`stageDetail.${name}`)}</dt>
            {pairs.map(([key, value]) => (
              <dd key={key}>
                <code>{key}</code> {valueText(value)}
              </dd>
            ))}
          </dl>
        ),
      )}
    </details>
  );
}

function StageIcon({ state }: { state: StageLine["state"] }) {
  if (state === "running") return <Loader size={14} aria-hidden />;
  const Icon = icons[state];
  return <Icon size={15} aria-hidden />;
}
