import { Alert, Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail } from "@/lib/api/types";

/** What is wrong with the tool, and for an imported one the way to take over its server's present form. */
export function PinNotice({ tool, logic }: { tool: AssetDetail; logic: string }) {
  const { t } = useTranslation("tools");
  const client = useQueryClient();
  const pin = useMutation({
    mutationFn: () =>
      dataOf<{ changed: boolean }>(
        api.POST("/api/v1/tools/{asset_id}/pin", { params: { path: { asset_id: tool.id } } }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["assets"] }),
  });
  if (tool.fault === null || tool.fault === undefined) return null;
  return (
    <Alert color="danger" variant="light" icon={<IconAlertTriangle aria-hidden />} title={t("faulty")}>
      {tool.fault.cause}
      {logic === "mcp" && tool.can_write ? (
        <Group mt="sm" gap="sm">
          <Button size="compact-sm" loading={pin.isPending} onClick={() => pin.mutate()}>
            {t("pin.do")}
          </Button>
          {pin.data?.changed ? <span>{t("pin.done")}</span> : null}
        </Group>
      ) : null}
      <ProblemNotice error={pin.error} />
    </Alert>
  );
}
