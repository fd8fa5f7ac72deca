import { Button, Group, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArchive, IconPencil, IconRefresh, IconSend } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { PublishButton } from "@/components/lifecycle/PublishButton";
import { StepDialog } from "@/components/lifecycle/StepDialog";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api, dataOf } from "@/lib/api/client";
import type { Channel, Delivery } from "@/lib/api/types";
import { oneAssetQuery } from "@/lib/query/asset";
import { useMay } from "@/lib/query/me";
import { ChannelDialog } from "./ChannelDialog";
import { addressOf, deliveryTones, stateOf, stateTones, switched } from "./model";
import { deliveryQuery } from "./queries";

export function ChannelDetails({ channel, onClose }: { channel: Channel; onClose(): void }) {
  const { t } = useTranslation("channels");
  const may = useMay();
  const state = stateOf(channel);
  return (
    <Inspector title={channel.name} onClose={onClose}>
      <Pairs
        pairs={[
          [t("field.type"), t(`type.${channel.type}`)],
          [
            t("field.state"),
            <StatusBadge key="state" plain tone={stateTones[state]} label={t(`state.${state}`)} />,
          ],
          [t("field.to"), channel.type === "in_app" ? t("here") : addressOf(channel) || null],
          [
            t("field.secrets"),
            "secret_names" in channel.config ? channel.config.secret_names.join(", ") : null,
          ],
          [t("manner.template"), channel.template],
          [t("manner.fallback"), channel.fallback],
          [
            t("manner.limited"),
            channel.limit === null
              ? null
              : t("manner.limit", { messages: channel.limit.messages, per_s: channel.limit.per_s }),
          ],
          [t("field.failures"), channel.breaker === null ? null : String(channel.breaker?.failures)],
          [t("field.assetKey"), <CopyText key="key" text={channel.slug} />],
          [t("field.id"), <CopyText key="id" text={channel.id} />],
        ]}
      />
      {channel.waiting ? <Waits channel={channel} /> : null}
      {may("channels.write") ? <Actions channel={channel} onGone={onClose} /> : null}
    </Inspector>
  );
}

/** What is shown is not in force: why, and the way to what is missing. */
function Waits({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channels");
  const { data: asset } = useQuery(oneAssetQuery(channel.id));
  const need = channel.review;
  const agreed = !need || need.given >= need.approvals;
  return (
    <InspectorSection title={t("waits.title")}>
      <p>
        {channel.published_version === null ? t("waits.new") : t("waits.changed")}{" "}
        {need ? t("waits.need", { policy: need.policy, given: need.given, count: need.approvals }) : null}
      </p>
      <Group gap="sm">
        <Button
          component={Link}
          to="/assets/$assetId"
          params={{ assetId: channel.id } as never}
          search={{ tab: "reviews" } as never}
          variant="default"
        >
          {t("waits.reviews")}
        </Button>
        {agreed && asset?.can_write === true ? <PublishButton asset={asset} also={["channels"]} /> : null}
      </Group>
    </InspectorSection>
  );
}

/** What the receiver really answered, as soon as it has. */
function Tested({ id }: { id: string }) {
  const { t } = useTranslation("channels");
  const { data } = useQuery(deliveryQuery(id));
  const last = data?.tries.at(-1);
  return (
    <p aria-live="polite">
      {data === undefined ? null : (
        <StatusBadge plain tone={deliveryTones[data.status]} label={t(`status.${data.status}`)} />
      )}{" "}
      {last?.error ?? (last?.status_code ? t("answered", { code: last.status_code }) : null)}{" "}
      <Link to="/deliveries" search={{ selected: id } as never}>
        {t("ledger.open")}
      </Link>
    </p>
  );
}

function Actions({ channel, onGone }: { channel: Channel; onGone(): void }) {
  const { t } = useTranslation(["channels", "lifecycle"]);
  const client = useQueryClient();
  const [archiving, { open, close }] = useDisclosure(false);
  const [editing, editor] = useDisclosure(false);
  const path = { channel_id: channel.id };
  const refresh = () => client.invalidateQueries({ queryKey: ["channels"] });
  const test = useMutation({
    mutationFn: () => dataOf<Delivery>(api.POST("/api/v1/channels/{channel_id}/test", { params: { path } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["deliveries"] }),
  });
  const toggle = useMutation({
    mutationFn: (enabled: boolean) =>
      api.PUT("/api/v1/channels/{channel_id}", {
        params: { path, header: { "if-match": `"${channel.revision}"` } },
        body: switched(channel, enabled),
      }),
    onSuccess: refresh,
  });
  const reset = useMutation({
    mutationFn: () => api.POST("/api/v1/channels/{channel_id}/breaker/reset", { params: { path } }),
    onSuccess: refresh,
  });
  return (
    <InspectorSection title={t("actions")}>
      <Group gap="sm">
        <Switch
          label={t("enabled")}
          checked={channel.enabled}
          disabled={toggle.isPending}
          onChange={(event) => toggle.mutate(event.currentTarget.checked)}
        />
        {channel.type === "in_app" ? null : (
          <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={editor.open}>
            {t("edit")}
          </Button>
        )}
        {channel.breaker !== null && channel.breaker.state !== "closed" ? (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={reset.isPending}
            onClick={() => reset.mutate()}
          >
            {t("reset")}
          </Button>
        ) : null}
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          loading={test.isPending}
          disabled={channel.published_version === null}
          onClick={() => test.mutate()}
        >
          {t("test")}
        </Button>
        <Button variant="default" leftSection={<IconArchive size={16} aria-hidden />} onClick={open}>
          {t("lifecycle:step.archive.do")}
        </Button>
      </Group>
      {test.data === undefined ? null : <Tested id={test.data.id} />}
      <ProblemNotice error={test.error ?? toggle.error ?? reset.error} />
      {editing ? <ChannelDialog channel={channel} onClose={editor.close} /> : null}
      <StepDialog
        asset={{ ...channel, draft_revision: channel.revision }}
        step={archiving ? { action: "archive", version: null } : null}
        also={["channels"]}
        note={t("archive")}
        onDone={onGone}
        onClose={close}
      />
    </InspectorSection>
  );
}
