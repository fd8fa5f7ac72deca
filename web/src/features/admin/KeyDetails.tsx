import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import type { ApiKey } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import { KeyState } from "./KeysPage";
import { splitPermission } from "./roles";

export function KeyDetails({ apiKey, onClose }: { apiKey: ApiKey; onClose(): void }) {
  const { t } = useTranslation("admin");
  const may = useMay();
  const time = (at: string | null, none: string) => (at === null ? none : <TimeAgo at={at} />);
  return (
    <Inspector title={apiKey.name} badges={<KeyState apiKey={apiKey} />} onClose={onClose}>
      <Pairs
        pairs={[
          [t("keys.prefix"), <code key="prefix">{apiKey.prefix}…</code>],
          [t("keys.by"), apiKey.created_by_name],
          [t("field.created"), <TimeAgo key="created" at={apiKey.created_at} />],
          [t("keys.used"), time(apiKey.last_used_at, t("keys.never"))],
          [t("keys.expires"), time(apiKey.expires_at, t("keys.noEnd"))],
          [t("field.id"), <CopyText key="id" text={apiKey.id} />],
        ]}
      />
      <InspectorSection title={t("keys.scopes")}>
        <ul style={{ margin: 0, paddingInlineStart: 18 }}>
          {apiKey.scopes.map((scope) => {
            const { area, right } = splitPermission(scope);
            return <li key={scope}>{`${t(`area.${area}`)}: ${t(`right.${right}`)}`}</li>;
          })}
        </ul>
      </InspectorSection>
      {apiKey.revoked_at === null && may("keys.write") ? <Revoke apiKey={apiKey} /> : null}
    </Inspector>
  );
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const revoke = useMutation({
    mutationFn: () => api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: apiKey.id } } }),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  return (
    <div>
      <Button variant="outline" color="danger" onClick={open}>
        {t("keys.revoke")}
      </Button>
      <ConfirmDanger
        opened={opened}
        title={t("keys.revokeTitle", { name: apiKey.name })}
        impact={t("keys.revokeText")}
        confirmLabel={t("keys.revoke")}
        typeName={apiKey.name}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
        onClose={close}
      />
    </div>
  );
}
