import { useTranslation } from "react-i18next";
import { kindOf } from "../model/document";
import { AggregateFields } from "./AggregateFields";
import { AnomalyFields } from "./AnomalyFields";
import { CompositeFields } from "./CompositeFields";
import { ConditionField } from "./ConditionField";
import { useRuleForm } from "./context";
import { NumberField, WordsField } from "./fields";
import looks from "./form.module.css";
import { QueryFields } from "./QueryFields";
import { SequenceLanes } from "./SequenceLanes";
import { WatchFields } from "./WatchFields";

/** What is special to the kind of the rule. */
export function KindFields() {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  switch (kindOf(content)) {
    case "threshold":
      return (
        <>
          <WatchFields />
          <ConditionField pointer="/condition" label={t("field.condition")} hint={t("conditionHint")} />
        </>
      );
    case "aggregate":
      return (
        <>
          <WatchFields />
          <AggregateFields />
        </>
      );
    case "sequence":
      return (
        <>
          <WatchFields />
          <SequenceLanes />
        </>
      );
    case "absence":
      return (
        <>
          <WatchFields />
          <ConditionField pointer="/after" label={t("field.after")} hint={t("afterHint")} optional />
          <ConditionField pointer="/expect" label={t("field.expect")} />
          <div className={looks.grid}>
            <NumberField pointer="/within_s" label={t("field.within")} />
          </div>
        </>
      );
    case "anomaly":
      return (
        <>
          <WatchFields />
          <AnomalyFields />
        </>
      );
    case "schedule":
      return (
        <>
          <QueryFields />
          <WordsField pointer="/keys" label={t("field.keys")} hint={t("keysHint.row")} none={[]} />
          <ConditionField pointer="/condition" label={t("field.condition")} hint={t("rowHint")} />
        </>
      );
    default:
      return <CompositeFields />;
  }
}
