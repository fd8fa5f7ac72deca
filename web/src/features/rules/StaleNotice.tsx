import { Alert, Button } from "@mantine/core";
import { IconGitCompare } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { TimeAgo } from "@/components/status/TimeAgo";
import { isApiError } from "@/lib/api/problem";
import { ruleQuery } from "./queries";

/** Why the draft was not saved. If somebody saved it in between: who, when, and the way to what they wrote. */
export function SaveProblem({ error, ruleId }: { error: unknown; ruleId: string | undefined }) {
  const stale = isApiError(error) && error.code === "stale_draft" && ruleId !== undefined;
  return stale ? <Stale ruleId={ruleId} /> : <ProblemNotice error={error} />;
}

function Stale({ ruleId }: { ruleId: string }) {
  const { t } = useTranslation("rules");
  const client = useQueryClient();
  const one = ruleQuery(ruleId);
  const newest = useQuery({ queryKey: ["rules", "newest", ruleId], queryFn: one.queryFn, staleTime: 0 });
  return (
    <Alert
      color="warning"
      variant="light"
      role="alert"
      title={t("stale.title")}
      icon={<IconGitCompare aria-hidden />}
    >
      {newest.data === undefined ? null : (
        <p>
          {t("stale.who", { name: newest.data.updated_by, revision: newest.data.revision })}{" "}
          <TimeAgo at={newest.data.updated_at} />
        </p>
      )}
      <p>{t("stale.text")}</p>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => void client.invalidateQueries({ queryKey: one.queryKey })}
      >
        {t("stale.load")}
      </Button>
    </Alert>
  );
}
