import { IconAlertTriangle, IconBroadcast } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { clock } from "@/lib/format/times";
import { useLive, useLiveStatus } from "@/lib/live/use-live";
import { problemLog } from "@/lib/problems/log";
import { useMe } from "@/lib/query/me";
import type { StreamState } from "@/lib/stream/stream";
import { useNow } from "@/lib/time/now";
import type { Tone } from "@/theme/status";
import { useDock } from "./dock-state";
import styles from "./shell.module.css";

const tones: Record<StreamState, Tone> = {
  open: "ok",
  connecting: "idle",
  waiting: "warn",
  denied: "critical",
  closed: "idle",
};

export function StatusBar() {
  const { t } = useTranslation("shell");
  const { tenant } = useMe();
  const { state } = useLiveStatus();
  const { tab, open, close } = useDock();
  const problems = useSyncExternalStore(problemLog.subscribe, problemLog.read);
  const toggle = (wanted: "problems" | "live") => () => (tab === wanted ? close() : open(wanted));
  // The shell itself listens, so the state of the stream is known on every page.
  useLive("alerts", () => undefined);
  return (
    <footer className={styles.status}>
      <button type="button" aria-pressed={tab === "live"} onClick={toggle("live")}>
        <StatusBadge plain tone={tones[state]} label={t(`stream.${state}`)} />
      </button>
      <button type="button" aria-pressed={tab === "problems"} onClick={toggle("problems")}>
        {problems.length === 0 ? (
          <IconBroadcast size={14} aria-hidden />
        ) : (
          <IconAlertTriangle size={14} color="var(--ol-warn)" aria-hidden />
        )}
        {t("dock.problems", { count: problems.length })}
      </button>
      <span className={styles.grow} />
      <span>{tenant.name}</span>
      <span aria-hidden>·</span>
      <Clock />
    </footer>
  );
}

function Clock() {
  const { i18n } = useTranslation();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <span className="num">
      {clock(useNow(), i18n.language)} {zone}
    </span>
  );
}
