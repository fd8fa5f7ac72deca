import { Button, Modal, Stack, Text } from "@mantine/core";
import { IconCalendarShare } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { CopyText } from "@/components/status/CopyText";
import { api, dataOf } from "@/lib/api/client";
import type { OncallSchedule } from "@/lib/api/types";

/** An address that calendars subscribe to; asking again ends the one before, so it is asked for on purpose. */
export function FeedButton({ schedule }: { schedule: OncallSchedule }) {
  const { t } = useTranslation("oncall");
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const make = useMutation({
    mutationFn: () =>
      dataOf<{ path: string }>(
        api.POST("/api/v1/oncall-schedules/{oncall_schedule_id}/feed", {
          params: { path: { oncall_schedule_id: schedule.id } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["oncall", "schedules"] }),
  });
  const close = () => {
    setOpen(false);
    make.reset();
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconCalendarShare size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t("feed.button")}
      </Button>
      <Modal
        opened={open}
        onClose={close}
        title={t("feed.title")}
        closeButtonProps={{ "aria-label": t("common:action.close") }}
      >
        <Stack gap="md">
          <Text size="sm">
            {schedule.has_feed && make.data === undefined ? t("feed.again") : t("feed.text")}
          </Text>
          {make.data === undefined ? (
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {t("feed.make")}
            </Button>
          ) : (
            <CopyText text={`${window.location.origin}${make.data.path}`} />
          )}
          <ProblemNotice error={make.error} />
        </Stack>
      </Modal>
    </>
  );
}
