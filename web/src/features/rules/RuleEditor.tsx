import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { Panel } from "@/components/page/Panel";
import { toast } from "@/components/toast/toast";
import { api, dataOf } from "@/lib/api/client";
import type { Rule } from "@/lib/api/types";
import { oneAssetQuery } from "@/lib/query/asset";
import { ConditionField } from "./ConditionField";
import { LeaveWarning } from "./LeaveWarning";
import { badNumbers, type RuleForm, toDraft } from "./model";
import { DeliveryFields, SourceFields, TimingFields } from "./RuleFields";
import styles from "./rules.module.css";
import { SaveProblem } from "./StaleNotice";

interface Props {
  initial: RuleForm;
  /** The rule being edited; absent for a new one. */
  rule?: Rule;
  readOnly?: boolean;
}

export function RuleEditor({ initial, rule, readOnly = false }: Props) {
  const { t } = useTranslation("rules");
  const client = useQueryClient();
  const navigate = useNavigate();
  const saved = useRef(false);
  const form = useForm<RuleForm>({
    initialValues: initial,
    validate: (values) => ({
      ...(values.name.trim() === "" ? { name: t("need.name") } : {}),
      ...Object.fromEntries(badNumbers(values).map((name) => [name, t("need.seconds")])),
    }),
  });
  const save = useMutation({
    mutationFn: (values: RuleForm) => {
      const body = toDraft(values, rule?.definition);
      if (rule === undefined) return dataOf<Rule>(api.POST("/api/v1/rules", { body }));
      const params = { path: { rule_id: rule.id }, header: { "if-match": `"${rule.revision}"` } };
      return dataOf<Rule>(api.PUT("/api/v1/rules/{rule_id}", { params, body }));
    },
    onSuccess: async (stored) => {
      saved.current = true;
      client.setQueryData(["rules", "one", stored.id], stored);
      void client.invalidateQueries({ queryKey: ["rules", "list"] });
      void client.invalidateQueries({ queryKey: oneAssetQuery(stored.id).queryKey });
      void toast({ tone: "ok", title: t("saved") });
      if (rule === undefined) await navigate({ to: "/rules/$ruleId", params: { ruleId: stored.id } });
    },
  });
  return (
    <Panel title={t("editor")}>
      <ImeForm className={styles.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <fieldset className={styles.fieldset} disabled={readOnly}>
          <Stack gap="md">
            <SourceFields form={form} />
            <ConditionField form={form} />
            <TimingFields form={form} />
            <DeliveryFields form={form} />
          </Stack>
        </fieldset>
        <SaveProblem error={save.error} ruleId={rule?.id} />
        <LeaveWarning dirty={!readOnly && form.isDirty()} saved={saved} />
        {readOnly ? null : (
          <Group justify="flex-end">
            <Button
              type="submit"
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              loading={save.isPending}
              disabled={rule !== undefined && !form.isDirty()}
            >
              {t("save")}
            </Button>
          </Group>
        )}
      </ImeForm>
    </Panel>
  );
}
