import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArchive, IconPlayerStop, IconRocket } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { toast } from "@/components/toast/toast";
import { api } from "@/lib/api/client";
import type { Rule } from "@/lib/api/types";

/** Put it in force, take it out, or archive it. */
export function RuleActions({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rules");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [archiving, { open, close }] = useDisclosure(false);
  const params = { path: { rule_id: rule.id } };
  const refresh = () => client.invalidateQueries({ queryKey: ["rules"] });
  const publish = useMutation({
    mutationFn: () => api.POST("/api/v1/rules/{rule_id}/publish", { params, body: { comment: "" } }),
    onSuccess: () => {
      void toast({ tone: "ok", title: t("published") });
      return refresh();
    },
  });
  const unpublish = useMutation({
    mutationFn: () => api.POST("/api/v1/rules/{rule_id}/unpublish", { params }),
    onSuccess: refresh,
  });
  const archive = useMutation({
    mutationFn: () => api.DELETE("/api/v1/rules/{rule_id}", { params }),
    onSuccess: async () => {
      await navigate({ to: "/rules" });
      await refresh();
    },
  });
  return (
    <>
      <ProblemNotice error={publish.error ?? unpublish.error} />
      <Button
        variant="default"
        color="red"
        leftSection={<IconArchive size={16} aria-hidden />}
        onClick={open}
      >
        {t("archive.do")}
      </Button>
      {rule.published_version === null ? null : (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          loading={unpublish.isPending}
          onClick={() => unpublish.mutate()}
        >
          {t("unpublish")}
        </Button>
      )}
      <Button
        leftSection={<IconRocket size={16} aria-hidden />}
        loading={publish.isPending}
        onClick={() => publish.mutate()}
      >
        {t("publish")}
      </Button>
      <ConfirmDanger
        opened={archiving}
        title={t("archive.title", { name: rule.name })}
        impact={t("archive.impact")}
        confirmLabel={t("archive.do")}
        typeName={rule.name}
        busy={archive.isPending}
        error={archive.error}
        onConfirm={() => archive.mutate()}
        onClose={close}
      />
    </>
  );
}
