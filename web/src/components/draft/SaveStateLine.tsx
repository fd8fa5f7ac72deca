import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCloudOff,
  IconGitMerge,
  IconLoader2,
  IconPencil,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { toneColor } from "@/theme/status";
import styles from "./draft.module.css";
import type { DraftEditing, SaveState } from "./use-draft";

const looks = {
  saved: { icon: IconCircleCheck, tone: "ok" },
  unsaved: { icon: IconPencil, tone: "idle" },
  saving: { icon: IconLoader2, tone: "idle" },
  offline: { icon: IconCloudOff, tone: "warn" },
  flawed: { icon: IconAlertTriangle, tone: "warn" },
  failed: { icon: IconAlertTriangle, tone: "critical" },
  conflict: { icon: IconGitMerge, tone: "critical" },
} as const satisfies Record<SaveState, object>;

/** Where the typed text is: on the server, on its way, or still only here. */
export function SaveStateLine({ editing }: { editing: DraftEditing }) {
  const { t } = useTranslation("assets");
  const { icon: Icon, tone } = looks[editing.saveState];
  return (
    <span className={styles.saveState} role="status" style={{ color: toneColor(tone) }}>
      <Icon size={15} aria-hidden />
      {t(`save.${editing.saveState}`)}
    </span>
  );
}
