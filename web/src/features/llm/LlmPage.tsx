import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { BudgetPanel } from "./BudgetPanel";
import { CallDetails } from "./CallDetails";
import { CallsPanel } from "./CallsPanel";
import styles from "./llm.module.css";
import { ModelsPanel } from "./ModelsPanel";
import { llmQuery } from "./queries";
import { TotalsPanel } from "./TotalsPanel";

/** Whether language models are asked, how they are, what they took, and every call. */
export default function LlmPage() {
  const { t } = useTranslation("llm");
  const { call, ...filters } = useSearch({ from: "/shell/llm" });
  const navigate = useNavigate({ from: "/llm" });
  const state = useQuery(llmQuery);
  useLiveRefresh("llm_calls", ["llm"], 1000);
  const off = state.data !== undefined && state.data.policy === null;
  return (
    <Page
      header={
        <PageHeader
          title={t("title")}
          text={t("text")}
          badges={off ? <StatusBadge tone="idle" label={t("off")} /> : null}
          actions={
            <Link className={styles.link} to="/assets" search={{ kind: ["model_policy"] }}>
              {t("policies")}
            </Link>
          }
        />
      }
    >
      <StateView query={state}>
        {(data) =>
          data.policy === null || data.budget === null ? (
            <NotConfigured />
          ) : (
            <>
              <BudgetPanel budget={data.budget} />
              <ModelsPanel models={data.models} />
            </>
          )
        }
      </StateView>
      {state.data === undefined || state.data.totals.length === 0 ? null : (
        <TotalsPanel totals={state.data.totals} />
      )}
      <CallsPanel
        filters={filters}
        selected={call}
        keptDays={state.data?.kept_days}
        onFilter={(change) => navigate({ search: (before) => ({ ...before, ...change }) })}
        onOpen={(id) => navigate({ search: (before) => ({ ...before, call: id }) })}
      />
      {call === undefined ? null : (
        <CallDetails
          id={call}
          onClose={() => navigate({ search: (before) => ({ ...before, call: undefined }) })}
        />
      )}
    </Page>
  );
}

/** Nothing is missing without a model; this says what one would add, and how. */
function NotConfigured() {
  const { t } = useTranslation("llm");
  return (
    <EmptyState
      kind="nothing"
      title={t("none.title")}
      text={t("none.text")}
      action={
        <Button component={Link} to="/connections/new" variant="default" size="sm">
          {t("none.connect")}
        </Button>
      }
    >
      <ol className={styles.how}>
        <li>{t("none.connection")}</li>
        <li>{t("none.policy")}</li>
        <li>{t("none.ask")}</li>
      </ol>
    </EmptyState>
  );
}
