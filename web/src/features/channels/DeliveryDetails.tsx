import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api } from "@/lib/api/client";
import type { DeliveryDetail } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useMay } from "@/lib/query/me";
import styles from "./channels.module.css";
import { deliveryTones } from "./model";
import { deliveryQuery } from "./queries";

export function DeliveryDetails({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useTranslation("channels");
  const delivery = useQuery(deliveryQuery(id));
  return (
    <Inspector title={delivery.data?.title ?? t("ledger.one")} onClose={onClose}>
      <StateView query={delivery} compact>
        {(data) => <Content delivery={data} />}
      </StateView>
    </Inspector>
  );
}

function Content({ delivery }: { delivery: DeliveryDetail }) {
  const { t } = useTranslation("channels");
  const may = useMay();
  return (
    <>
      <Pairs
        pairs={[
          [
            t("field.state"),
            <StatusBadge
              key="status"
              plain
              tone={deliveryTones[delivery.status]}
              label={t(`status.${delivery.status}`)}
            />,
          ],
          [t("field.channel"), delivery.channel_name],
          [t("field.reason"), delivery.reason],
          [t("field.repeated"), delivery.maybe_repeated ? t("maybe") : null],
          [t("field.key"), <CopyText key="key" text={delivery.webhook_id} />],
        ]}
      />
      {may("notifications.write") && delivery.channel_type === "webhook" ? <Resend id={delivery.id} /> : null}
      <InspectorSection title={t("tries")}>
        <Tries delivery={delivery} />
      </InspectorSection>
      <InspectorSection title={t("sent")}>
        <pre className={styles.json}>{delivery.body}</pre>
      </InspectorSection>
    </>
  );
}

function Tries({ delivery }: { delivery: DeliveryDetail }) {
  const { t, i18n } = useTranslation("channels");
  if (delivery.tries.length === 0) return <p className={styles.note}>{t("noTries")}</p>;
  return (
    <ol className={styles.list}>
      {delivery.tries.map((one) => (
        <li key={one.number}>
          <span className="num">{dateTime(new Date(one.started_at), i18n.language)}</span>
          <span>
            {t(`outcome.${one.outcome}`)} {one.status_code ?? ""}{" "}
            {one.duration_ms === null ? "" : `${one.duration_ms} ms`}
          </span>
          {one.error === null ? null : <span className={styles.bad}>{one.error}</span>}
        </li>
      ))}
    </ol>
  );
}

function Resend({ id }: { id: string }) {
  const { t } = useTranslation("channels");
  const client = useQueryClient();
  const resend = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/deliveries/{delivery_id}/resend", { params: { path: { delivery_id: id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  return (
    <div className={styles.actions}>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={resend.isPending}
        onClick={() => resend.mutate()}
      >
        {t("resend")}
      </Button>
      <ProblemNotice error={resend.error} />
    </div>
  );
}
