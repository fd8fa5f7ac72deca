import { Alert, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Pairs } from "@/components/status/Pairs";
import { api, dataOf } from "@/lib/api/client";
import type { Connection, ConnectionTest } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./connections.module.css";
import { BreakerBadge, LastTest } from "./Health";
import { shownConfig } from "./model/shown";
import { connectionQuery } from "./queries";
import { SecretsPanel } from "./SecretsPanel";
import { StepsList } from "./StepsList";

/** How a connection is set up, whether it works, and what is going on in it. */
export function OverviewTab({ connection }: { connection: Connection }) {
  const { t } = useTranslation("connections");
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        <TestPanel connection={connection} />
        {connection.secrets.length === 0 ? null : <SecretsPanel names={connection.secrets} />}
      </div>
      <div className={styles.stack}>
        <HealthPanel connection={connection} />
        <Panel title={t("field.settings")}>
          <div className={styles.inner}>
            {connection.description === "" ? null : <p className={styles.note}>{connection.description}</p>}
            <Settings connection={connection} />
          </div>
        </Panel>
      </div>
    </div>
  );
}

function Settings({ connection: { config, limits, fault } }: { connection: Connection }) {
  const { t, i18n } = useTranslation(["connections", "schema"]);
  const word = (name: string) => (i18n.exists(`schema:word.${name}`) ? t(`schema:word.${name}`) : name);
  if (config === null)
    return (
      <Alert color="danger" variant="light" role="alert" title={t("unreadable")}>
        {fault}
      </Alert>
    );
  const pairs = [...shownConfig(config), ...shownConfig(limits ?? {})];
  return (
    <Pairs
      pairs={pairs.map(({ path, value }) => [
        path.map(word).join(" · "),
        <code key={path.join(".")} className={styles.code}>
          {value}
        </code>,
      ])}
    />
  );
}

function TestPanel({ connection }: { connection: Connection }) {
  const { t } = useTranslation("connections");
  const client = useQueryClient();
  const mayTest = useMay()("connections.write");
  const test = useMutation({
    mutationFn: () =>
      dataOf<ConnectionTest>(
        api.POST("/api/v1/connections/{asset_id}/test", {
          params: { path: { asset_id: connection.id } },
          body: { draft: false },
        }),
      ),
    onSuccess: (found) => {
      client.setQueryData(connectionQuery(connection.id).queryKey, (kept) =>
        kept === undefined ? kept : { ...kept, last_test: found },
      );
      void client.invalidateQueries({ queryKey: ["connections", "list"] });
      void client.invalidateQueries({ queryKey: ["connections", "one"] });
    },
  });
  const last = connection.last_test;
  return (
    <Panel
      title={t("test.last")}
      note={<LastTest test={last} />}
      actions={
        mayTest ? (
          <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t("test.do")}
          </Button>
        ) : null
      }
    >
      <div className={styles.inner} aria-live="polite">
        <ProblemNotice error={test.error} />
        {last === null ? (
          <p className={styles.note}>{t("test.none")}</p>
        ) : (
          <>
            <StepsList steps={last.steps} />
            <p className={styles.note}>{t("test.by", { name: last.tested_by })}</p>
          </>
        )}
      </div>
    </Panel>
  );
}

function HealthPanel({ connection }: { connection: Connection }) {
  const { t } = useTranslation("connections");
  const client = useQueryClient();
  const mayReset = useMay()("connections.write");
  const { breaker, pool } = connection;
  const reset = useMutation({
    mutationFn: () =>
      dataOf<Connection>(
        api.POST("/api/v1/connections/{asset_id}/breaker/reset", {
          params: { path: { asset_id: connection.id } },
        }),
      ),
    onSuccess: (found) => {
      client.setQueryData(connectionQuery(connection.id).queryKey, found);
      void client.invalidateQueries({ queryKey: ["connections", "list"] });
    },
  });
  return (
    <Panel title={t("health.title")}>
      <div className={styles.inner}>
        <Pairs
          pairs={[
            [
              t("field.breaker"),
              <span key="breaker" className={styles.inline}>
                <BreakerBadge breaker={breaker} />
                {mayReset && breaker !== null && breaker.state !== "closed" ? (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={reset.isPending}
                    onClick={() => reset.mutate()}
                  >
                    {t("breaker.reset")}
                  </Button>
                ) : null}
              </span>,
            ],
            [
              t("field.failures"),
              <span key="failures" className="num">
                {breaker?.failures ?? 0}
              </span>,
            ],
            [
              t("field.pool"),
              <span key="pool" className="num">
                {pool === null ? t("pool.none") : t("pool.use", { used: pool.in_use, size: pool.size })}
              </span>,
            ],
          ]}
        />
        <ProblemNotice error={reset.error} />
      </div>
    </Panel>
  );
}
