import { Button, Tabs } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { AssetDetail } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { CasesTab } from "./CasesTab";
import { logicOf } from "./model";
import { PinNotice } from "./PinNotice";
import { toolQuery } from "./queries";
import { RunsTab } from "./RunsTab";
import { TestTab } from "./TestTab";
import styles from "./tools.module.css";

const tabs = ["test", "cases", "runs"] as const;

export default function ToolPage() {
  const { t } = useTranslation("tools");
  const { toolId } = useParams({ strict: false });
  const tool = useQuery(toolQuery(toolId ?? ""));
  useLiveRefresh("assets", ["assets"], 1000);
  return (
    <StateView query={tool} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.id} tool={data} />}
    </StateView>
  );
}

function Loaded({ tool }: { tool: AssetDetail }) {
  const { t } = useTranslation("tools");
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tab = tabs.find((name) => name === search.tab) ?? "test";
  const logic = logicOf(tool.content as never);
  const lifecycle =
    tool.state === "archived"
      ? "archived"
      : tool.published_version === null
        ? "draft"
        : tool.draft_differs
          ? "changed"
          : "published";
  return (
    <Page
      header={
        <ObjectHeader
          name={tool.name}
          lifecycle={lifecycle}
          version={tool.published_version}
          owner={tool.created_by}
          updatedAt={tool.updated_at}
          history={<span>{t(`logic.${logic}`, { defaultValue: logic })}</span>}
          actions={
            <Button
              component={Link}
              to="/assets/$assetId"
              params={{ assetId: tool.id } as never}
              variant="default"
              rightSection={<IconExternalLink size={14} aria-hidden />}
            >
              {t("edit")}
            </Button>
          }
        />
      }
    >
      <PinNotice tool={tool} logic={logic} />
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({
            to: ".",
            search: (kept: object) =>
              ({ ...kept, tab: next === "test" ? undefined : (next ?? undefined) }) as never,
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={styles.tabBody}>
          <Tabs.Panel value="test">
            <TestTab tool={tool} />
          </Tabs.Panel>
          <Tabs.Panel value="cases">
            <CasesTab tool={tool} />
          </Tabs.Panel>
          <Tabs.Panel value="runs">
            <RunsTab id={tool.id} />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
}
