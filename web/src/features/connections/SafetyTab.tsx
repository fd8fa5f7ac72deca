import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Connection, ConnectionSafety } from "@/lib/api/types";
import type { Tone } from "@/theme/status";
import styles from "./connections.module.css";
import { NeedsVersion } from "./NeedsVersion";
import { safetyQuery } from "./queries";
import { useWord } from "./words";

/** Which safety layers hold, found out by trying. */
export function SafetyTab({ connection }: { connection: Connection }) {
  if (connection.published_version === null) return <NeedsVersion />;
  return <Tried id={connection.id} />;
}

function Tried({ id }: { id: string }) {
  const { t } = useTranslation("connections");
  const safety = useQuery(safetyQuery(id));
  return (
    <Panel
      title={t("safety.title")}
      note={
        safety.data === undefined ? undefined : (
          <>
            {t("safety.tried")} <TimeAgo at={new Date(safety.dataUpdatedAt)} />
          </>
        )
      }
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={safety.isFetching}
          onClick={() => void safety.refetch()}
        >
          {t("safety.again")}
        </Button>
      }
    >
      <StateView query={safety} compact>
        {(found) => <Layers safety={found} />}
      </StateView>
    </Panel>
  );
}

function verdict(holds: boolean | null): { tone: Tone; word: "holds" | "fails" | "unknown" } {
  if (holds === null) return { tone: "idle", word: "unknown" };
  return holds ? { tone: "ok", word: "holds" } : { tone: "warn", word: "fails" };
}

function Layers({ safety }: { safety: ConnectionSafety }) {
  const { t } = useTranslation("connections");
  const word = useWord();
  return (
    <ul className={styles.layers} aria-label={t("safety.title")}>
      {safety.layers.map(({ name, holds, detail }) => {
        const found = verdict(holds);
        return (
          <li key={name}>
            <span className={styles.stepName}>{word("layer", name)}</span>
            <StatusBadge tone={found.tone} label={t(`safety.${found.word}`)} />
            <span className={styles.stepDetail}>{detail}</span>
          </li>
        );
      })}
    </ul>
  );
}
