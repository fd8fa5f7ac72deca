import { Modal, NativeSelect, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { ToolOfApi } from "@/components/tool/ToolOfApi";
import { api, dataOf } from "@/lib/api/client";
import type { Asset } from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";

/** A published API as a tool: its parameters become the input, its columns the output. */
export function FromApiDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("tools");
  const apis = useQuery({
    queryKey: ["assets", "apis-in-force"],
    queryFn: ({ signal }) =>
      dataOf<PageOf<Asset>>(
        api.GET("/api/v1/assets", {
          params: { query: { kind: ["api"], state: ["published"], limit: 200 } },
          signal,
        }),
      ).then(({ items }) => items),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("new.fromApi")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <StateView
        query={apis}
        compact
        isEmpty={(all) => all.length === 0}
        empty={<EmptyState kind="nothing" compact title={t("noApi.title")} text={t("noApi.text")} />}
      >
        {(all) => <Form apis={all} onClose={onClose} />}
      </StateView>
    </Modal>
  );
}

function Form({ apis, onClose }: { apis: readonly Asset[]; onClose(): void }) {
  const { t } = useTranslation("tools");
  const navigate = useNavigate();
  const [key, setKey] = useState(apis[0]?.key ?? "");
  const chosen = apis.find((each) => each.key === key);
  return (
    <Stack gap="md">
      <NativeSelect
        label={t("field.api")}
        value={key}
        data={apis.map((each) => ({ value: each.key, label: each.name }))}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      {chosen === undefined ? null : (
        <ToolOfApi
          key={key}
          api={chosen}
          onMade={(made) => void navigate({ to: "/tools/$toolId", params: { toolId: made.asset_id } })}
          onClose={onClose}
        />
      )}
    </Stack>
  );
}
