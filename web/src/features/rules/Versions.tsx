import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import type { Rule } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { versionsQuery } from "./queries";
import styles from "./rules.module.css";

/** What was published, newest first; any of them can be put in force again. */
export function Versions({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rules");
  const may = useMay();
  const client = useQueryClient();
  const versions = useQuery(versionsQuery(rule.id));
  const rollback = useMutation({
    mutationFn: (version: number) =>
      api.POST("/api/v1/rules/{rule_id}/rollback", {
        params: { path: { rule_id: rule.id } },
        body: { version },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["rules"] }),
  });
  return (
    <Panel title={t("versions.title")}>
      <ProblemNotice error={rollback.error} />
      <StateView
        query={versions}
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
          <ol className={styles.versions}>
            {items.map((version) => (
              <li key={version.version}>
                <span className="num">{t("common:object.version", { version: version.version })}</span>
                <code className={styles.grow}>{version.definition.condition}</code>
                <span className={styles.note}>
                  {version.created_by} · <TimeAgo at={version.created_at} />
                </span>
                {version.is_published || !may("rules.write") ? (
                  <span className={styles.good}>{version.is_published ? t("versions.inForce") : ""}</span>
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={rollback.isPending && rollback.variables === version.version}
                    onClick={() => rollback.mutate(version.version)}
                  >
                    {t("versions.rollback")}
                  </Button>
                )}
              </li>
            ))}
          </ol>
        )}
      </StateView>
    </Panel>
  );
}
