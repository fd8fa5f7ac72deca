import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { clock } from "@/lib/format/times";
import { useLive } from "@/lib/live/use-live";
import type { StreamMessage } from "@/lib/stream/stream";
import { appendLive, type LiveLine } from "./live-log";
import styles from "./shell.module.css";

/** The last messages of the live stream, newest first. */
export function LiveLog() {
  const { t, i18n } = useTranslation("shell");
  const [lines, add] = useReducer(appendLive, [] as LiveLine[]);
  const onMessage = (message: StreamMessage) => add({ message, at: new Date() });
  useLive("alerts", onMessage);
  useLive("events", onMessage);
  useLive("notifications", onMessage);
  useLive("metrics", onMessage);
  if (lines.length === 0)
    return <EmptyState kind="nothing" compact title={t("dock.quiet.title")} text={t("dock.quiet.text")} />;
  return lines.map(({ key, at, topic, text }) => (
    <div key={key} className={styles.entry}>
      <span className="num">{clock(at, i18n.language)}</span>
      <code>{topic}</code>
      <code>{text}</code>
      <span />
    </div>
  ));
}
