import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { useMay } from "@/lib/query/me";
import styles from "./performance.module.css";
import { breakersQuery } from "./queries";

/** Calls that are cut off after repeated failures, for whoever may see the system's health. */
export function Breakers() {
  return useMay()("system.read") ? <Cut /> : null;
}

function Cut() {
  const { t } = useTranslation("performance");
  const breakers = useQuery(breakersQuery);
  return (
    <Panel
      title={t("breakers.title")}
      actions={
        <Anchor component={Link} to="/admin/system" size="sm">
          {t("breakers.all")}
        </Anchor>
      }
    >
      <StateView query={breakers}>
        {(all) => {
          const cut = all.filter(({ state }) => state !== "closed");
          if (cut.length === 0)
            return <EmptyState kind="healthy" compact title={t("breakers.none", { count: all.length })} />;
          return (
            <ul className={`${styles.runs} ${styles.card}`}>
              {cut.map(({ name, state }) => (
                <li key={name} className={styles.line}>
                  <StatusBadge
                    tone={state === "open" ? "critical" : "warn"}
                    label={t(`breakers.state.${state}`)}
                  />
                  <code>{name}</code>
                </li>
              ))}
            </ul>
          );
        }}
      </StateView>
    </Panel>
  );
}
