import { Tabs, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { MergeDialog } from "@/components/draft/MergeDialog";
import { SaveStateLine } from "@/components/draft/SaveStateLine";
import { UndoButtons } from "@/components/draft/UndoButtons";
import { type DraftEditing, useDraft } from "@/components/draft/use-draft";
import { AssetPageLink } from "@/components/lifecycle/AssetPageLink";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import type { AssetDetail, Rule } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { oneAssetQuery, stageOf } from "@/lib/query/asset";
import { RuleEditor } from "./form/RuleEditor";
import { NowTab } from "./NowTab";
import { ruleQuery } from "./queries";
import { RuleActions } from "./RuleActions";
import styles from "./rules.module.css";
import { SimulateTab } from "./simulate/SimulateTab";
import { TestsTab } from "./tests/TestsTab";
import { Versions } from "./Versions";

export default function RulePage() {
  const { t } = useTranslation("rules");
  const { ruleId } = useParams({ strict: false });
  const rule = useQuery(ruleQuery(ruleId ?? ""));
  const asset = useQuery(oneAssetQuery(ruleId ?? ""));
  const waiting = <Page header={<PageHeader title={t("one")} />}>{null}</Page>;
  useLiveRefresh("assets", ["assets", "one", ruleId ?? ""], 1000);
  useLiveRefresh("assets", ["rules", "one", ruleId ?? ""], 1000);
  return (
    <StateView query={rule} waiting={waiting}>
      {(shown) => (
        <StateView query={asset} waiting={waiting}>
          {(data) => <Loaded key={data.id} rule={shown} asset={data} />}
        </StateView>
      )}
    </StateView>
  );
}

function Loaded({ rule, asset }: { rule: Rule; asset: AssetDetail }) {
  const { t } = useTranslation("rules");
  const editing = useDraft(asset, (draft) => draft.name.trim() === "");
  const { draft, edit } = editing;
  const readOnly = !asset.can_write || asset.state === "archived";
  return (
    <Page
      header={
        <ObjectHeader
          name={draft.name}
          lifecycle={stageOf(asset)}
          version={asset.published_version}
          owner={asset.created_by}
          updatedAt={asset.updated_at}
          history={<AssetPageLink id={rule.id} />}
          actions={
            readOnly ? null : (
              <>
                <SaveStateLine editing={editing} />
                <UndoButtons editing={editing} />
                <RuleActions rule={rule} flush={editing.flush} />
              </>
            )
          }
        />
      }
    >
      <div className={styles.columns}>
        <div className={styles.side}>
          <ProblemNotice error={editing.error} />
          <Panel>
            <div className={styles.form}>
              <TextInput
                label={t("field.name")}
                maxLength={200}
                readOnly={readOnly}
                error={draft.name.trim() === "" ? t("need.name") : undefined}
                value={draft.name}
                onChange={(event) => edit({ ...draft, name: event.currentTarget.value }, t("field.name"))}
              />
            </div>
          </Panel>
          <RuleEditor
            content={draft.content}
            readOnly={readOnly}
            onChange={(content, label) => edit({ ...draft, content }, label)}
          />
        </div>
        <Side rule={rule} editing={editing} />
      </div>
      <MergeDialog editing={editing} />
    </Page>
  );
}

const tabs = ["now", "simulate", "tests", "versions"] as const;

/** How the rule is doing, what it would have done, whether its cases pass, and what it was before. */
function Side({ rule, editing }: { rule: Rule; editing: DraftEditing }) {
  const { t } = useTranslation("rules");
  const navigate = useNavigate();
  const search: { tab?: string | undefined } = useSearch({ strict: false });
  const tab = tabs.find((name) => name === search.tab) ?? "now";
  const choose = (next: string | null) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, tab: next === "now" ? undefined : (next ?? undefined) }),
      replace: true,
    });
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false} classNames={{ tab: styles.tab ?? "" }}>
      <Tabs.List>
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`tab.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <div className={styles.tabBody}>
        <Tabs.Panel value="now">
          <NowTab rule={rule} />
        </Tabs.Panel>
        <Tabs.Panel value="simulate">
          <SimulateTab rule={rule} content={editing.draft.content} />
        </Tabs.Panel>
        <Tabs.Panel value="tests">
          <TestsTab rule={rule} ensureSaved={editing.flush} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions rule={rule} />
        </Tabs.Panel>
      </div>
    </Tabs>
  );
}
