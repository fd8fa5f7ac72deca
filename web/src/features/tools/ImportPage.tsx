import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { McpImport } from "./McpImport";
import { OpenApiImport } from "./OpenApiImport";
import styles from "./tools.module.css";

/** APIs and tools out of what other systems say about themselves. */
export default function ImportPage() {
  const { t } = useTranslation("tools");
  const navigate = useNavigate();
  const search: { from?: string | undefined } = useSearch({ strict: false });
  return (
    <Page header={<PageHeader title={t("import.title")} text={t("import.text")} />}>
      <Tabs
        value={search.from === "mcp" ? "mcp" : "openapi"}
        onChange={(from) =>
          void navigate({
            to: ".",
            search: { from: from === "mcp" ? from : undefined } as never,
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="openapi">{t("import.openapi")}</Tabs.Tab>
          <Tabs.Tab value="mcp">{t("logic.mcp")}</Tabs.Tab>
        </Tabs.List>
        <div className={styles.tabBody}>
          <Tabs.Panel value="openapi">
            <OpenApiImport />
          </Tabs.Panel>
          <Tabs.Panel value="mcp">
            <McpImport />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
}
