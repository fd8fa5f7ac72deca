import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail } from "@/lib/api/types";

/** A draft with a query of its own, to be written on the asset's page. */
export function NewToolDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("tools");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () =>
      dataOf<AssetDetail>(
        api.POST("/api/v1/assets", {
          body: {
            kind: "tool",
            name,
            description: "",
            tags: [],
            content: {
              input_schema: { type: "object", properties: {} },
              logic: { type: "sql", sql: "select name, type from data.items order by name limit 20" },
              capabilities: ["read_only"],
            },
          },
        }),
      ),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["assets"] });
      void navigate({ to: "/assets/$assetId", params: { assetId: made.id } });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("new.blank")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("field.name")}
            description={t("new.blankText")}
            data-autofocus
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ProblemNotice error={make.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" disabled={name.trim() === ""} loading={make.isPending}>
              {t("make")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}
