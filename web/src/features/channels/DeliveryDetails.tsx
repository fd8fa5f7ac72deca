import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api, dataOf } from "@/lib/api/client";
import type { DeliveryDetail } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useMay } from "@/lib/query/me";
import styles from "./channels.module.css";
import { deliveryTones } from "./model";
import { deliveryQuery } from "./queries";
import { useReason } from "./reasons";

interface Props {
  id: string;
  onOpen(id: string): void;
  onClose(): void;
}

export function DeliveryDetails({ id, onOpen, onClose }: Props) {
  const { t } = useTranslation("channels");
  const delivery = useQuery(deliveryQuery(id));
  return (
    <Inspector title={delivery.data?.title ?? t("ledger.one")} onClose={onClose}>
      <StateView query={delivery} compact>
        {(data) => <Content delivery={data} onOpen={onOpen} />}
      </StateView>
    </Inspector>
  );
}

function Content({ delivery, onOpen }: { delivery: DeliveryDetail; onOpen(id: string): void }) {
  const { t } = useTranslation("channels");
  const may = useMay();
  const reason = useReason();
  const { stage, detail, dropped_by, alert_id } = delivery;
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
          [t("field.route"), delivery.route_name],
          [t("field.template"), delivery.template],
          [t("field.stage"), stage],
          [t("field.reason"), delivery.reason === null ? null : reason(delivery.reason)],
          [t("field.detail"), detail === "" ? null : detail],
          [t("field.droppedBy"), dropped_by],
          [t("field.repeated"), delivery.maybe_repeated ? t("maybe") : null],
          [
            t("field.related"),
            related(delivery) ? <Related key="related" delivery={delivery} onOpen={onOpen} /> : null,
          ],
          [
            t("field.alert"),
            alert_id === null ? null : (
              <Link key="alert" to="/alerts" search={{ selected: alert_id } as never}>
                {t("openAlert")}
              </Link>
            ),
          ],
          [t("field.key"), <CopyText key="key" text={delivery.webhook_id} />],
        ]}
      />
      {may("alerts.write") && delivery.channel_type !== "in_app" && delivery.finished_at !== null ? (
        <Resend id={delivery.id} onMade={onOpen} />
      ) : null}
      <InspectorSection title={t("tries")}>
        <Tries delivery={delivery} />
      </InspectorSection>
      {delivery.sent_title === null ? null : (
        <InspectorSection title={t("said")}>
          <div className={styles.said}>
            <strong>{delivery.sent_title}</strong>
            <pre>{delivery.sent_text}</pre>
          </div>
        </InspectorSection>
      )}
      <InspectorSection title={t("sent")}>
        <pre className={styles.json}>{delivery.body}</pre>
      </InspectorSection>
    </>
  );
}

const related = ({ resent_from, fallback_for, digest_id }: DeliveryDetail) =>
  resent_from !== null || fallback_for !== null || digest_id !== null;

/** The lines this one repeats, stands in for, or went out with. */
function Related({ delivery, onOpen }: { delivery: DeliveryDetail; onOpen(id: string): void }) {
  const { t } = useTranslation("channels");
  const others = [
    [t("related.resent"), delivery.resent_from],
    [t("related.fallback"), delivery.fallback_for],
    [t("related.digest"), delivery.digest_id],
  ] as const;
  const known = others.filter((each): each is readonly [string, string] => each[1] !== null);
  return known.map(([word, id]) => (
    <Button key={id} variant="subtle" size="compact-sm" onClick={() => onOpen(id)}>
      {word}
    </Button>
  ));
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

function Resend({ id, onMade }: { id: string; onMade(id: string): void }) {
  const { t } = useTranslation("channels");
  const client = useQueryClient();
  const resend = useMutation({
    mutationFn: () =>
      dataOf<DeliveryDetail>(
        api.POST("/api/v1/deliveries/{delivery_id}/resend", { params: { path: { delivery_id: id } } }),
      ),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["deliveries"] });
      onMade(made.id);
    },
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
