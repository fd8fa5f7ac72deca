import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";

export function HomePage() {
  const { t } = useTranslation("home");
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} />}>
      <EmptyState kind="nothing" />
    </Page>
  );
}
