import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AssetPageLink } from "@/components/lifecycle/AssetPageLink";
import { ObjectHeader } from "@/components/page/ObjectHeader";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import type { Rule } from "@/lib/api/types";
import { oneAssetQuery, stageOf } from "@/lib/query/asset";
import { useMay } from "@/lib/query/me";
import { toForm } from "./model";
import { ruleQuery } from "./queries";
import { RuleActions } from "./RuleActions";
import { RuleEditor } from "./RuleEditor";
import { RuleSide } from "./RuleSide";
import styles from "./rules.module.css";

export default function RulePage() {
  const { t } = useTranslation("rules");
  const { ruleId } = useParams({ strict: false });
  const rule = useQuery(ruleQuery(ruleId ?? ""));
  return (
    <StateView query={rule} waiting={<Page header={<PageHeader title={t("one")} />}>{null}</Page>}>
      {(data) => <Loaded rule={data} />}
    </StateView>
  );
}

/** Mounted anew for each saved revision, so that the form always starts from what the server has. */
function Loaded({ rule }: { rule: Rule }) {
  const may = useMay();
  const writes = may("rules.write");
  const { data: asset } = useQuery(oneAssetQuery(rule.id));
  return (
    <Page
      header={
        <ObjectHeader
          name={rule.name}
          lifecycle={stageOf(asset ?? { ...rule, draft_differs: false })}
          version={rule.published_version}
          owner={rule.created_by}
          updatedAt={rule.updated_at}
          history={<AssetPageLink id={rule.id} />}
          actions={writes ? <RuleActions rule={rule} /> : null}
        />
      }
    >
      <div className={styles.columns}>
        <RuleEditor
          key={rule.revision}
          initial={toForm(rule.name, rule.definition)}
          rule={rule}
          readOnly={!writes}
        />
        <RuleSide rule={rule} />
      </div>
    </Page>
  );
}
