import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PickedRows } from "@/components/list/use-picked";
import type { Asset, AssetBulkAction } from "@/lib/api/types";
import styles from "./assets.module.css";
import { BulkDialog } from "./BulkDialog";

const actions: readonly AssetBulkAction[] = ["publish", "unpublish", "tag", "untag", "archive", "restore"];

/** What can be done with several assets at once; each is done or refused by itself. */
export function BulkBar({ picked, assets }: { picked: PickedRows; assets: readonly Asset[] }) {
  const { t } = useTranslation("assets");
  const [action, setAction] = useState<AssetBulkAction | null>(null);
  const chosen = assets.filter(({ id }) => picked.has(id));
  const fits = (each: AssetBulkAction) =>
    each !== "restore" || chosen.some(({ state }) => state === "archived");
  return (
    <div className={styles.bulk}>
      <span className="num" role="status">
        {t("bulk.count", { count: picked.count })}
      </span>
      {actions.filter(fits).map((each) => (
        <Button key={each} size="compact-sm" variant="default" onClick={() => setAction(each)}>
          {t(`bulk.${each}`)}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={picked.clear}>
        {t("bulk.clear")}
      </Button>
      <BulkDialog
        action={action}
        assets={chosen}
        onClose={(done) => {
          setAction(null);
          if (done) picked.clear();
        }}
      />
    </div>
  );
}
