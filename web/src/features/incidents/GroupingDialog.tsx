import { Button, Group, Modal, NumberInput, Select, Stack, TagsInput, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { api } from "@/lib/api/client";
import type { IncidentGrouping } from "@/lib/api/types";
import { groupingQuery } from "./queries";

/** How alerts become incidents, as a sentence with places to fill in. */
export function GroupingDialog({ readOnly, onClose }: { readOnly: boolean; onClose(): void }) {
  const { t } = useTranslation("incidents");
  const grouping = useQuery(groupingQuery);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("grouping.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <StateView query={grouping} compact>
        {(data) => <Form key={data.revision} saved={data} readOnly={readOnly} onClose={onClose} />}
      </StateView>
    </Modal>
  );
}

function Form({ saved, readOnly, onClose }: { saved: IncidentGrouping; readOnly: boolean; onClose(): void }) {
  const { t } = useTranslation("incidents");
  const client = useQueryClient();
  const { labels, hops, window_min, reopen_min, quiet_min } = saved;
  const form = useForm({
    initialValues: { labels, hops: hops === null ? "none" : String(hops), window_min, reopen_min, quiet_min },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.PUT("/api/v1/incident-grouping", {
        params: { header: { "if-match": `"${saved.revision}"` } },
        body: { ...values, hops: values.hops === "none" ? null : Number(values.hops) },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["incidents", "grouping"] });
      onClose();
    },
  });
  const minutes = {
    min: 0,
    max: 1440,
    clampBehavior: "strict",
    allowDecimal: false,
    disabled: readOnly,
  } as const;
  return (
    <ImeForm onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <Text size="sm">{t("grouping.text")}</Text>
        <TagsInput
          label={t("grouping.labels")}
          description={t("grouping.labelsHint")}
          disabled={readOnly}
          {...form.getInputProps("labels")}
        />
        <Select
          label={t("grouping.hops")}
          data={["none", "0", "1", "2", "3"].map((value) => ({ value, label: t(`grouping.hop.${value}`) }))}
          allowDeselect={false}
          disabled={readOnly}
          {...form.getInputProps("hops")}
        />
        <Group grow align="flex-start">
          <NumberInput
            label={t("grouping.window")}
            {...minutes}
            min={1}
            {...form.getInputProps("window_min")}
          />
          <NumberInput label={t("grouping.quiet")} {...minutes} {...form.getInputProps("quiet_min")} />
          <NumberInput label={t("grouping.reopen")} {...minutes} {...form.getInputProps("reopen_min")} />
        </Group>
        <ProblemNotice error={save.error} />
        {readOnly ? null : (
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common:action.save")}
            </Button>
          </Group>
        )}
      </Stack>
    </ImeForm>
  );
}
