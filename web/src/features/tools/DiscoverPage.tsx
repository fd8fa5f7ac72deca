import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { OpenApiImport } from "./OpenApiImport";

/** What this server and other systems offer by OpenAPI, to be looked through, registered and tried at once. */
export default function DiscoverPage() {
  const { t } = useTranslation("tools");
  return (
    <Page header={<PageHeader title={t("discover.title")} text={t("discover.text")} />}>
      <OpenApiImport start="own" />
    </Page>
  );
}
