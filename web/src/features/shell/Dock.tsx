import { ActionIcon, Button, Tabs } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { CopyText } from "@/components/status/CopyText";
import { clock } from "@/lib/format/times";
import { type LoggedProblem, problemLog } from "@/lib/problems/log";
import { type DockTab, useDock } from "./dock-state";
import { LiveLog } from "./LiveLog";
import styles from "./shell.module.css";

/** The bottom dock: what failed in this tab, and what comes in over the live stream. */
export default function Dock() {
  const { t } = useTranslation("shell");
  const { tab, open, close } = useDock();
  const problems = useSyncExternalStore(problemLog.subscribe, problemLog.read);
  if (tab === null) return null;
  return (
    <section className={styles.dock} aria-label={t("dock.label")}>
      <Tabs value={tab} onChange={(value) => open(value as DockTab)}>
        <Tabs.List>
          <Tabs.Tab value="problems">{t("dock.problems", { count: problems.length })}</Tabs.Tab>
          <Tabs.Tab value="live">{t("dock.live")}</Tabs.Tab>
          <span className={styles.grow} />
          {tab === "problems" && problems.length > 0 ? (
            <Button variant="subtle" size="compact-xs" color="gray" my="auto" onClick={problemLog.clear}>
              {t("dock.clear")}
            </Button>
          ) : null}
          <ActionIcon aria-label={t("dock.close")} my="auto" mx={4} onClick={close}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Tabs.List>
      </Tabs>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.dockBody} tabIndex={0} aria-label={t("dock.label")}>
        {tab === "live" ? <LiveLog /> : <ProblemList problems={problems} />}
      </section>
    </section>
  );
}

function ProblemList({ problems }: { problems: readonly LoggedProblem[] }) {
  const { t } = useTranslation("shell");
  if (problems.length === 0)
    return <EmptyState kind="healthy" compact title={t("dock.none.title")} text={t("dock.none.text")} />;
  return problems.map((problem) => <ProblemRow key={problem.id} problem={problem} />);
}

function ProblemRow({ problem }: { problem: LoggedProblem }) {
  const { t, i18n } = useTranslation("shell");
  const text = problem.text === "" ? t(`dock.kind.${problem.kind}`) : problem.text;
  return (
    <div className={styles.entry}>
      <span className="num">{clock(problem.at, i18n.language)}</span>
      <code>
        {problem.status === 0 ? "" : `${problem.status} `}
        {problem.code}
      </code>
      <span>
        {text} {problem.hint}
        {problem.count > 1 ? ` ×${problem.count}` : ""}
      </span>
      {problem.traceId === null ? <span /> : <CopyText text={problem.traceId} />}
    </div>
  );
}
