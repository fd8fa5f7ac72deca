import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { Breakers } from "./Breakers";
import { EngineFacts } from "./EngineFacts";
import { ExecutorDetails } from "./ExecutorDetails";
import { ExecutorsPanel } from "./ExecutorsPanel";
import { spanOf, spans } from "./model";
import { performanceQuery } from "./queries";
import { RulesPanel } from "./RulesPanel";

/** What the engine and each rule cost, what runs by the clock, and what is cut off. */
export default function PerformancePage() {
  const { t } = useTranslation("performance");
  const { hours, executor } = useSearch({ from: "/shell/performance" });
  const navigate = useNavigate({ from: "/performance" });
  const span = spanOf(hours);
  const performance = useQuery(performanceQuery(span));
  const quarantined = performance.data?.quarantined ?? 0;
  return (
    <Page
      header={
        <PageHeader
          title={t("title")}
          text={t("text")}
          badges={
            quarantined > 0 ? (
              <StatusBadge tone="critical" label={t("quarantined", { count: quarantined })} />
            ) : null
          }
          actions={
            <SegmentedControl
              size="xs"
              aria-label={t("span.label")}
              value={String(span)}
              data={spans.map((one) => ({ value: String(one), label: t(`span.${one}`) }))}
              onChange={(value) => navigate({ search: (before) => ({ ...before, hours: value }) })}
            />
          }
        />
      }
    >
      <StateView query={performance}>
        {(data) => (
          <>
            <EngineFacts engine={data.engine} rules={data.total_rules} />
            <RulesPanel performance={data} />
          </>
        )}
      </StateView>
      <ExecutorsPanel
        selected={executor}
        onOpen={(id) => navigate({ search: (before) => ({ ...before, executor: id }) })}
      />
      <Breakers />
      {executor === undefined ? null : (
        <ExecutorDetails
          id={executor}
          onClose={() => navigate({ search: (before) => ({ ...before, executor: undefined }) })}
        />
      )}
    </Page>
  );
}
