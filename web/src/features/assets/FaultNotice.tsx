import { Alert, Button } from "@mantine/core";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { AssetDetail } from "@/lib/api/types";
import styles from "./assets.module.css";
import { useRetry } from "./FaultCell";

/** The version in force cannot be loaded: why, since when, and the way to try again. */
export function FaultNotice({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const retry = useRetry(asset.id);
  const { fault } = asset;
  if (fault === null || fault === undefined) return null;
  return (
    <Alert
      color="danger"
      variant="light"
      role="alert"
      title={t("fault.title")}
      icon={<IconAlertOctagon aria-hidden />}
    >
      <p className={styles.plain}>{fault.cause}</p>
      <p className={styles.plain}>
        {t("fault.since", { version: fault.version, count: fault.times })} <TimeAgo at={fault.since} />
      </p>
      {asset.can_write ? (
        <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
          {t("common:action.retry")}
        </Button>
      ) : null}
    </Alert>
  );
}
