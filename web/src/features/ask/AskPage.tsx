import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import { Answer } from "./Answer";
import styles from "./ask.module.css";
import { History } from "./History";
import { QuestionBox } from "./QuestionBox";
import { questionQuery } from "./queries";
import { Running } from "./Running";
import { type Asking, useAsk } from "./use-ask";

export default function AskPage() {
  const { t } = useTranslation("ask");
  const { questionId } = useParams({ strict: false });
  const asking = useAsk();
  const running = asking.progress.phase === "running";
  return (
    <Page header={<PageHeader title={t("title")} text={t("text")} />}>
      <div className={styles.frame}>
        <div className={styles.columns}>
          <div className={styles.stack}>
            <QuestionBox running={running} onAsk={(text) => asking.start(text)} onStop={asking.stop} />
            <Running asking={asking} />
            {questionId === undefined ? (
              <Examples asking={asking} />
            ) : (
              <Stored id={questionId} asking={asking} />
            )}
          </div>
          <History current={questionId} />
        </div>
      </div>
    </Page>
  );
}

function Stored({ id, asking }: { id: string; asking: Asking }) {
  const question = useQuery(questionQuery(id));
  return <StateView query={question}>{(data) => <Answer question={data} onAsk={asking.start} />}</StateView>;
}

const examples = ["highest", "memory", "compare", "disks", "alerts", "events"] as const;

function Examples({ asking }: { asking: Asking }) {
  const { t } = useTranslation("ask");
  if (asking.progress.phase !== "idle") return null;
  return (
    <Panel title={t("examples.title")}>
      <ul className={styles.examples}>
        {examples.map((name) => (
          <li key={name}>
            <Button variant="subtle" onClick={() => asking.start(t(`example.${name}`))}>
              {t(`example.${name}`)}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
