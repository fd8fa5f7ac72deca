import { Alert, Button, Progress } from "@mantine/core";
import { IconRadar } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { PickMenu } from "@/components/menu/PickMenu";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { AssetDetail, CatalogOverview, CatalogScan } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import styles from "./catalogs.module.css";
import { percentOf } from "./model/scan";

interface ButtonProps {
  asset: AssetDetail;
  overview: CatalogOverview;
}

/** Starts a scan: only what has changed, or everything. */
export function ScanButton({ asset, overview }: ButtonProps) {
  const { t } = useTranslation("catalogs");
  const client = useQueryClient();
  const mayScan = useMay()("connections.write");
  const start = useMutation({
    mutationFn: (whole: boolean) =>
      api.POST("/api/v1/catalogs/{asset_id}/scans", {
        params: { path: { asset_id: asset.id } },
        body: { whole },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["catalogs"] }),
  });
  if (!mayScan || asset.state === "archived") return null;
  return (
    <>
      <ProblemNotice error={start.error} />
      <PickMenu
        label={t("scan.do")}
        trigger={(props) => (
          <Button
            {...props}
            variant="default"
            leftSection={<IconRadar size={15} aria-hidden />}
            disabled={overview.current !== null}
            loading={start.isPending}
          >
            {t("scan.do")}
          </Button>
        )}
        items={[
          { key: "changed", label: t("scan.changed"), onPick: () => start.mutate(false) },
          { key: "whole", label: t("scan.whole"), onPick: () => start.mutate(true) },
        ]}
      />
    </>
  );
}

interface BarProps {
  overview: CatalogOverview;
  mayCancel: boolean;
}

/** How far the scan is that runs now, and what people's words have lost. */
export function ScanBar({ overview, mayCancel }: BarProps) {
  const { t } = useTranslation("catalogs");
  const { current, orphans } = overview;
  return (
    <>
      {current === null ? null : <Running id={overview.id} scan={current} mayCancel={mayCancel} />}
      {orphans.length === 0 ? null : (
        <Alert color="yellow" variant="light" title={t("orphans.title")}>
          {t("orphans.text", { count: orphans.length })}{" "}
          <code>
            {orphans
              .slice(0, 8)
              .map(({ table, column }) =>
                column === null || column === undefined ? table : `${table}.${column}`,
              )
              .join(", ")}
          </code>
        </Alert>
      )}
    </>
  );
}

function Running({ id, scan, mayCancel }: { id: string; scan: CatalogScan; mayCancel: boolean }) {
  const { t } = useTranslation("catalogs");
  const client = useQueryClient();
  const percent = percentOf(scan);
  const cancel = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/catalogs/{asset_id}/scans/{scan_id}/cancel", {
        params: { path: { asset_id: id, scan_id: scan.id } },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["catalogs"] }),
  });
  return (
    <section className={styles.running} aria-label={t("scan.progress")}>
      <span role="status" className="num">
        {percent === null
          ? t(`scan.status.${scan.status}`)
          : t("scan.of", { done: scan.tables_done, total: scan.tables_total })}
      </span>
      <Progress
        value={percent ?? 0}
        animated={scan.status === "running"}
        aria-label={t("scan.progress")}
        className={styles.progress}
      />
      {mayCancel ? (
        <Button
          size="compact-sm"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {t("scan.cancel")}
        </Button>
      ) : null}
      <ProblemNotice error={cancel.error} />
    </section>
  );
}
