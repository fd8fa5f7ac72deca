import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AssetPageLink } from "@/components/lifecycle/AssetPageLink";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { toast } from "@/components/toast/toast";
import type { Api } from "@/lib/api/types";
import { useSaveKey } from "@/lib/keyboard/use-save-key";
import { oneAssetQuery, stageOf } from "@/lib/query/asset";
import { useMay } from "@/lib/query/me";
import { ApiActions } from "./ApiActions";
import styles from "./apis.module.css";
import { CallTab } from "./CallTab";
import { LaterTab } from "./later/LaterTab";
import { MetricsTab } from "./log/MetricsTab";
import { toForm, toParameters } from "./model/form";
import { apiQuery } from "./queries";
import { RunsTab } from "./RunsTab";
import { TestTab } from "./TestTab";
import { type ApiEditing, useApiForm } from "./use-api-form";
import { type Trial, useTrial } from "./use-trial";
import { VersionsTab } from "./VersionsTab";
import { Workbench } from "./Workbench";
import { TrialContext } from "./workflow/trials";

export default function ApiPage() {
  const { t } = useTranslation("apis");
  const { apiId } = useParams({ strict: false });
  const shown = useQuery(apiQuery(apiId ?? ""));
  return (
    <StateView query={shown} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded key={data.id} shown={data} />}
    </StateView>
  );
}

function Loaded({ shown }: { shown: Api }) {
  const { t } = useTranslation("apis");
  const may = useMay();
  const writes = may("apis.write");
  const { data: asset } = useQuery(oneAssetQuery(shown.id));
  const editing = useApiForm(toForm(shown.name, shown.definition), shown);
  const trial = useTrial(editing.ensureSaved);
  const { parameters } = editing.form.values;
  const { outcomes, startFrom } = trial;
  const busy = trial.run.isPending;
  const trials = {
    apiId: shown.id,
    outcomes,
    params: parameters.map(({ name }) => name),
    busy,
    startFrom,
  };
  const save = async () => {
    if (editing.form.isDirty() && (await editing.ensureSaved()) !== null)
      void toast({ tone: "ok", title: t("saved") });
  };
  useSaveKey(() => void save(), writes);
  return (
    <Page
      header={
        <ObjectHeader
          name={shown.name}
          lifecycle={stageOf(asset ?? { ...shown, draft_differs: false })}
          version={shown.published_version}
          owner={shown.created_by}
          updatedAt={shown.updated_at}
          history={<AssetPageLink id={shown.id} />}
          actions={writes ? <ApiActions shown={shown} editing={editing} onSave={() => void save()} /> : null}
        />
      }
    >
      <TrialContext value={trials}>
        <Workbench
          editing={editing}
          shown={shown}
          readOnly={!writes}
          trial={trial.run}
          values={trial.values}
          onRun={trial.start}
          side={<Side shown={shown} editing={editing} trial={trial} />}
        />
      </TrialContext>
    </Page>
  );
}

const tabs = ["test", "call", "runs", "metrics", "later", "versions"] as const;
type Tab = (typeof tabs)[number];

interface SideProps {
  shown: Api;
  editing: ApiEditing;
  trial: Trial;
}

function Side({ shown, editing, trial }: SideProps) {
  const { t } = useTranslation("apis");
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tab: Tab = tabs.find((name) => name === search.tab) ?? "test";
  const choose = (next: string | null) =>
    void navigate({
      to: ".",
      search: (kept) => ({
        ...kept,
        selected: undefined,
        tab: next === "test" ? undefined : (next ?? undefined),
      }),
      replace: true,
    });
  return (
    <Panel>
      <Tabs value={tab} onChange={choose} keepMounted={false} classNames={{ tab: styles.tab ?? "" }}>
        <Tabs.List>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="test">
          <TestTab
            trial={trial}
            parameters={toParameters(editing.form.values.parameters)}
            dirty={editing.form.isDirty()}
            type={editing.form.values.logic.type}
            apiId={shown.id}
            ensureSaved={editing.ensureSaved}
          />
        </Tabs.Panel>
        <Tabs.Panel value="call">
          <CallTab shown={shown} values={trial.values} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsTab id={shown.id} />
        </Tabs.Panel>
        <Tabs.Panel value="later">
          <LaterTab shown={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="metrics">
          <MetricsTab id={shown.id} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab shown={shown} editing={editing} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}
