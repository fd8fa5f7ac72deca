import { Button, Group, Modal, NativeSelect, Stack, Switch, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { api, dataOf } from "@/lib/api/client";
import type { Asset, MadeTool } from "@/lib/api/types";
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
  const client = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState(apis[0]?.key ?? "");
  const [whenToUse, setWhenToUse] = useState("");
  const [publish, setPublish] = useState(true);
  const make = useMutation({
    mutationFn: () =>
      dataOf<MadeTool>(
        api.POST("/api/v1/tools/from-api", { body: { api: key, when_to_use: whenToUse, publish } }),
      ),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["assets"] });
      void navigate({ to: "/tools/$toolId", params: { toolId: made.asset_id } });
    },
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack gap="md">
        <NativeSelect
          label={t("field.api")}
          data-autofocus
          value={key}
          data={apis.map((each) => ({ value: each.key, label: each.name }))}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Textarea
          label={t("field.whenToUse")}
          description={t("whenToUseHint")}
          autosize
          minRows={2}
          maxLength={5000}
          value={whenToUse}
          onChange={(event) => setWhenToUse(event.currentTarget.value)}
        />
        <Switch
          label={t("publishNow")}
          checked={publish}
          onChange={(event) => setPublish(event.currentTarget.checked)}
        />
        <ProblemNotice error={make.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t("make")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
