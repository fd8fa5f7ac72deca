import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PickedRows } from "@/components/list/use-picked";
import type { Alert, AlertAction } from "@/lib/api/types";
import styles from "./alerts.module.css";
import { sharedMatchers } from "./model/alerts";
import { peopleQuery } from "./queries";
import { useAlertActs } from "./use-alert-acts";

const actions: readonly AlertAction[] = ["acknowledge", "unacknowledge", "resolve"];

/** What can be done with several alerts at once; each is done or refused by itself. */
export function BulkBar({ picked, alerts }: { picked: PickedRows; alerts: readonly Alert[] }) {
  const { t } = useTranslation("alerts");
  const people = useQuery(peopleQuery);
  const acts = useAlertActs(({ refused }) => {
    if (refused === 0) picked.clear();
  });
  const chosen = alerts.filter(({ id }) => picked.has(id));
  const matchers = sharedMatchers(chosen);
  return (
    <div className={styles.bulk}>
      <span className="num" role="status">
        {t("bulk.count", { count: picked.count })}
      </span>
      {actions.map((action) => (
        <Button
          key={action}
          size="compact-sm"
          variant="default"
          loading={acts.isPending && acts.variables.action === action}
          onClick={() => acts.mutate({ ids: picked.ids, action })}
        >
          {t(`act.${action}`)}
        </Button>
      ))}
      <Select
        size="xs"
        aria-label={t("assign.to")}
        placeholder={t("assign.to")}
        data={[
          { value: "none", label: t("assign.nobody") },
          ...(people.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={null}
        onChange={(to) =>
          to === null
            ? undefined
            : acts.mutate({ ids: picked.ids, action: "assign", assignee_id: to === "none" ? null : to })
        }
      />
      {matchers.length === 0 ? null : (
        <Button
          size="compact-sm"
          variant="default"
          renderRoot={(props) => <Link {...props} to="/silences" search={{ new: matchers }} />}
        >
          {t("act.silence")}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={picked.clear}>
        {t("bulk.clear")}
      </Button>
    </div>
  );
}
