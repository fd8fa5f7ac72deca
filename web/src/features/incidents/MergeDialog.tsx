import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import type { IncidentDetail } from "@/lib/api/types";
import { currentQuery, useIncidentActions } from "./queries";

/** Other incidents whose alerts belong here. */
export function MergeDialog({ incident, onClose }: { incident: IncidentDetail; onClose(): void }) {
  const { t } = useTranslation("incidents");
  const others = useQuery(currentQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const { merge } = useIncidentActions(incident.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("merge.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <Stack gap="md">
        <Text size="sm">{t("merge.text", { title: incident.title })}</Text>
        <StateView
          query={others}
          compact
          isEmpty={({ items }) => items.every(({ id }) => id === incident.id)}
          empty={<EmptyState kind="nothing" compact title={t("merge.none")} />}
        >
          {({ items }) => (
            <Checkbox.Group value={chosen} onChange={setChosen} aria-label={t("merge.title")}>
              <Stack gap="xs">
                {items
                  .filter(({ id }) => id !== incident.id)
                  .map(({ id, title, alerts }) => (
                    <Checkbox
                      key={id}
                      value={id}
                      label={title}
                      description={t("alertCount", { count: alerts })}
                    />
                  ))}
              </Stack>
            </Checkbox.Group>
          )}
        </StateView>
        <ProblemNotice error={merge.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button
            disabled={chosen.length === 0}
            loading={merge.isPending}
            onClick={() => merge.mutate(chosen, { onSuccess: onClose })}
          >
            {t("merge.button")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
