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
import type { StageLine } from "./model/progress";

const icons = {
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  error: IconCircleX,
  skipped: IconPlayerSkipForward,
  waiting: IconCircleDashed,
};

/** What happens to a question, step by step, with the time each took. */
export function Stages({ lines }: { lines: readonly StageLine[] }) {
  const { t, i18n } = useTranslation("ask");
  return (
    <ol className={styles.stages}>
      {lines.map(({ name, state, tookMs }) => (
        <li key={name} data-state={state}>
          <StageIcon state={state} />
          <span>{t(`stage.${name}`)}</span>
          <span className={`${styles.note} num`}>
            {tookMs === null ? t(`stageState.${state}`) : showText(tookMs, "ms", i18n.language)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function StageIcon({ state }: { state: StageLine["state"] }) {
  if (state === "running") return <Loader size={14} aria-hidden />;
  const Icon = icons[state];
  return <Icon size={15} aria-hidden />;
}
