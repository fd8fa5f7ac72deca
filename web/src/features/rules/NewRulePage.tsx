import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { emptyForm } from "./model";
import { RuleEditor } from "./RuleEditor";
import styles from "./rules.module.css";

export default function NewRulePage() {
  const { t } = useTranslation("rules");
  return (
    <Page header={<PageHeader title={t("new")} text={t("newText")} />}>
      <div className={styles.columns}>
        <RuleEditor initial={emptyForm} />
      </div>
    </Page>
  );
}
