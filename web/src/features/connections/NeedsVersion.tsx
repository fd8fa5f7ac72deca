import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";

/** Only a version in force is used; a draft can be tested and nothing else. */
export function NeedsVersion() {
  const { t } = useTranslation("connections");
  return <EmptyState kind="nothing" title={t("unpublished.title")} text={t("unpublished.text")} />;
}
