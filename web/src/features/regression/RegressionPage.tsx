import { Button } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { useMay } from "@/lib/query/me";
import { useStart } from "./queries";
import { ResultDetails } from "./ResultDetails";
import { RunPanel } from "./RunPanel";
import { RunsPanel } from "./RunsPanel";
import styles from "./regression.module.css";

/** Golden questions: the runs, one run with its questions, and one question beside it. All that is chosen is in the URL. */
export default function RegressionPage() {
  const { t } = useTranslation("regression");
  const { run, question, outcome } = useSearch({ from: "/shell/regression" });
  const navigate = useNavigate({ from: "/regression" });
  const open = (id: string) => navigate({ search: { run: id } });
  const start = useStart(({ id }) => open(id));
  const may = useMay();
  return (
    <Page
      header={
        <PageHeader
          title={t("title")}
          text={t("text")}
          actions={
            <>
              <Link className={styles.link} to="/assets" search={{ kind: ["golden_question"] }}>
                {t("questions")}
              </Link>
              {may("assets.write") ? (
                <Button size="sm" loading={start.isPending} onClick={() => start.mutate([])}>
                  {t("start")}
                </Button>
              ) : null}
            </>
          }
        />
      }
    >
      {start.error === null ? null : <ProblemNotice error={start.error} />}
      <RunsPanel selected={run} onOpen={open} />
      {run === undefined ? null : (
        <RunPanel
          id={run}
          outcome={outcome}
          selected={question}
          onFilter={(wanted) => navigate({ search: (before) => ({ ...before, outcome: wanted }) })}
          onOpen={(key) => navigate({ search: (before) => ({ ...before, question: key }) })}
        />
      )}
      {run === undefined || question === undefined ? null : (
        <ResultDetails
          runId={run}
          questionKey={question}
          onAgain={may("assets.write") ? () => start.mutate([question]) : undefined}
          onRun={(id) => navigate({ search: (before) => ({ ...before, run: id }) })}
          onClose={() => navigate({ search: (before) => ({ ...before, question: undefined }) })}
        />
      )}
    </Page>
  );
}
