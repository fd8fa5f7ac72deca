import { Button, Group, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api, dataOf } from "@/lib/api/client";
import type { Channel, Delivery } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { stateOf, stateTones, switched } from "./model";

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
          [t("field.to"), channel.config.type === "webhook" ? channel.config.url : t("here")],
          [t("field.failures"), channel.breaker === null ? null : String(channel.breaker?.failures)],
          [t("field.id"), <CopyText key="id" text={channel.id} />],
        ]}
      />
      {may("channels.write") ? <Actions channel={channel} onGone={onClose} /> : null}
    </Inspector>
  );
}

function Actions({ channel, onGone }: { channel: Channel; onGone(): void }) {
  const { t } = useTranslation("channels");
  const client = useQueryClient();
  const [removing, { open, close }] = useDisclosure(false);
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
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/channels/{channel_id}", { params: { path } }),
    onSuccess: async () => {
      onGone();
      await refresh();
    },
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
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t("test")}
        </Button>
        <Button
          variant="default"
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={open}
        >
          {t("remove.do")}
        </Button>
      </Group>
      {test.data === undefined ? null : (
        <p>
          {t("tested")}{" "}
          <Link to="/deliveries" search={{ selected: test.data.id }}>
            {t("ledger.open")}
          </Link>
        </p>
      )}
      <ProblemNotice error={test.error ?? toggle.error} />
      <ConfirmDanger
        opened={removing}
        title={t("remove.title", { name: channel.name })}
        impact={t("remove.impact")}
        confirmLabel={t("remove.do")}
        typeName={channel.name}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </InspectorSection>
  );
}
