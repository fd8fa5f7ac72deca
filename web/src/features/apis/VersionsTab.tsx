import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import type { Api, ApiVersion } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./apis.module.css";
import { changedParts } from "./model/results";
import { versionsQuery } from "./queries";

/** What was published, newest first; any of them can be served again. */
export function VersionsTab({ shown }: { shown: Api }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  const client = useQueryClient();
  const versions = useQuery(versionsQuery(shown.id));
  const [wanted, setWanted] = useState<ApiVersion | null>(null);
  const rollback = useMutation({
    mutationFn: (version: number) =>
      api.POST("/api/v1/apis/{api_id}/rollback", {
        params: { path: { api_id: shown.id } },
        body: { version },
      }),
    onSuccess: () => {
      setWanted(null);
      return client.invalidateQueries({ queryKey: ["apis"] });
    },
  });
  const live = versions.data?.items.find(({ is_published }) => is_published);
  const parts = wanted === null || live === undefined ? [] : changedParts(live.definition, wanted.definition);
  return (
    <>
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
              <VersionLine
                key={version.version}
                version={version}
                onRollback={may("apis.write") ? () => setWanted(version) : undefined}
              />
            ))}
          </ol>
        )}
      </StateView>
      <ConfirmDanger
        opened={wanted !== null}
        title={t("versions.title", { version: wanted?.version ?? 0 })}
        impact={
          parts.length === 0
            ? t("versions.impact")
            : `${t("versions.impact")} ${t("publish.changes", { parts: parts.map((part) => t(`part.${part}`)).join(", ") })}`
        }
        confirmLabel={t("versions.rollback")}
        busy={rollback.isPending}
        error={rollback.error}
        onConfirm={() => {
          if (wanted !== null) rollback.mutate(wanted.version);
        }}
        onClose={() => setWanted(null)}
      />
    </>
  );
}

interface LineProps {
  version: ApiVersion;
  onRollback: (() => void) | undefined;
}

function VersionLine({ version, onRollback }: LineProps) {
  const { t } = useTranslation("apis");
  return (
    <li>
      <span className="num">{t("common:object.version", { version: version.version })}</span>
      <span className={styles.grow}>
        {version.comment === "" ? <code>{version.definition.path}</code> : version.comment}
        <span className={styles.note}>
          {version.created_by} · <TimeAgo at={version.created_at} />
        </span>
      </span>
      {version.is_published ? (
        <span className={styles.good}>{t("versions.served")}</span>
      ) : onRollback === undefined ? null : (
        <Button size="compact-xs" variant="default" onClick={onRollback}>
          {t("versions.rollback")}
        </Button>
      )}
    </li>
  );
}
