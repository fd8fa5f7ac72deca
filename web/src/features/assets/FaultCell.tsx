import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { Asset, AssetDetail } from "@/lib/api/types";
import styles from "./list.module.css";

/** Loads the version in force once more, and says what came of it. */
export function useRetry(id: string) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      dataOf<AssetDetail>(
        api.POST("/api/v1/assets/{asset_id}/retry", { params: { path: { asset_id: id } } }),
      ),
    onError: (error) => void toast({ tone: "critical", title: t("fault.failed"), text: error.message }),
    onSuccess: ({ name, fault }) => {
      void client.invalidateQueries({ queryKey: ["assets"] });
      if (fault === null || fault === undefined) void toast({ tone: "ok", title: t("fault.gone", { name }) });
      else void toast({ tone: "critical", title: t("fault.stays", { name }), text: fault.cause });
    },
  });
}

/** Cannot be loaded, and the button that tries again. The cause stands beside the name. */
export function FaultCell({ asset }: { asset: Asset }) {
  const { t } = useTranslation("assets");
  const retry = useRetry(asset.id);
  return (
    <span className={styles.fault}>
      <StatusBadge plain tone="critical" label={t("fault.title")} />
      <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t("common:action.retry")}
      </Button>
    </span>
  );
}
