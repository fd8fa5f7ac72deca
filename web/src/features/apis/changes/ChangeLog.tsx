import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { ApiRelease } from "@/lib/api/types";
import { useReleases } from "../queries";
import { ChangeLines } from "./ChangeLines";
import styles from "./changes.module.css";

/** What each version changed, newest first. */
export function ChangeLog({ apiId }: { apiId: string }) {
  const { t } = useTranslation("apis");
  const releases = useReleases(apiId);
  return (
    <StateView query={releases} compact>
      {(items) => (
        <>
          <ol className={styles.releases}>
            {items.map((release) => (
              <Release key={release.version} release={release} />
            ))}
          </ol>
          {releases.hasNextPage ? (
            <Button
              size="compact-sm"
              variant="default"
              loading={releases.isFetchingNextPage}
              onClick={() => void releases.fetchNextPage()}
            >
              {t("changes.more")}
            </Button>
          ) : null}
        </>
      )}
    </StateView>
  );
}

function Release({ release }: { release: ApiRelease }) {
  const { t } = useTranslation("apis");
  return (
    <li className={styles.release}>
      <header>
        <strong className="num">{t("common:object.version", { version: release.version })}</strong>
        {release.breaks ? <StatusBadge plain tone="critical" label={t("changes.breaks")} /> : null}
        <span className={styles.note}>
          {release.by} · <TimeAgo at={release.at} />
        </span>
        <span>{release.comment}</span>
      </header>
      {release.version === 1 ? (
        <p className={styles.note}>{t("changes.first")}</p>
      ) : (
        <ChangeLines changes={release.changes} />
      )}
    </li>
  );
}
