import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import type { AuditEntry } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import styles from "./admin.module.css";

export function AuditDetails({ entry, onClose }: { entry: AuditEntry; onClose(): void }) {
  const { t, i18n } = useTranslation("admin");
  return (
    <Inspector title={entry.action} onClose={onClose}>
      <Pairs
        pairs={[
          [t("audit.at"), dateTime(new Date(entry.at), i18n.language)],
          [t("audit.actor"), `${entry.actor.name} (${entry.actor.kind})`],
          [t("audit.target"), entry.target.kind],
          [t("field.id"), <CopyText key="target" text={entry.target.id} />],
          [t("common:error.trace"), <CopyText key="trace" text={entry.trace_id} />],
          [t("audit.seq"), String(entry.seq)],
        ]}
      />
      <InspectorSection title={t("audit.detail")}>
        <pre className={styles.json}>{JSON.stringify(entry.detail, null, 2)}</pre>
      </InspectorSection>
    </Inspector>
  );
}
