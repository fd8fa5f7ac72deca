import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import styles from "./table.module.css";

/** The ticked rows of a list; `usePicked` makes one. */
export interface Picking {
  has(id: string): boolean;
  count: number;
  /** `range` takes every row since the last one that was ticked. */
  toggle(id: string, range: boolean): void;
  set(ids: readonly string[]): void;
}

export function PickOne({ picking, id }: { picking: Picking; id: string }) {
  const { t } = useTranslation("common");
  return (
    <label className={styles.pickBox}>
      <input
        type="checkbox"
        aria-label={t("table.pick")}
        tabIndex={-1}
        checked={picking.has(id)}
        onClick={(event: MouseEvent) => picking.toggle(id, event.shiftKey)}
        readOnly
      />
    </label>
  );
}

export function PickAll({ picking, ids }: { picking: Picking; ids: readonly string[] }) {
  const { t } = useTranslation("common");
  const every = ids.length > 0 && ids.every((id) => picking.has(id));
  return (
    <label className={styles.pickBox}>
      <input
        type="checkbox"
        aria-label={t("table.pickAll")}
        checked={every}
        ref={(box) => {
          if (box !== null) box.indeterminate = !every && picking.count > 0;
        }}
        onChange={() => picking.set(every ? [] : ids)}
      />
    </label>
  );
}
