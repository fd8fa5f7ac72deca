import {
  Button,
  Checkbox,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Stack,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api } from "@/lib/api/client";
import type { EscalationPolicy } from "@/lib/api/types";
import { DryRun } from "./DryRun";
import styles from "./escalation.module.css";
import { newPolicy, type PolicyForm, severities, toBody, toForm } from "./model";
import { SlaFields } from "./SlaFields";
import { StepFields } from "./StepFields";

interface Props {
  /** Left out for a new one. */
  policy?: EscalationPolicy;
  onClose(): void;
}

/** A policy as a sentence with places to fill in, and what it comes to beside it. */
export function PolicyDialog({ policy, onClose }: Props) {
  const { t } = useTranslation("escalation");
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t(policy === undefined ? "new" : "edit")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <Form policy={policy} onClose={onClose} />
    </Modal>
  );
}

function Form({ policy, onClose }: { policy: EscalationPolicy | undefined; onClose(): void }) {
  const { t } = useTranslation("escalation");
  const form = useForm<PolicyForm>({
    initialValues: policy === undefined ? newPolicy() : toForm(policy),
    validate: {
      name: (value) => (value.trim() === "" ? t("need.name") : null),
      steps: { targets: (value) => (value.length === 0 ? t("need.targets") : null) },
    },
  });
  const save = useSave(policy, onClose);
  const [steady] = useDebouncedValue(form.values, 300);
  const whole = steady.steps.every(({ targets }) => targets.length > 0);
  return (
    <ImeForm onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        <Group align="flex-end" grow preventGrowOverflow={false}>
          <TextInput label={t("field.name")} data-autofocus {...form.getInputProps("name")} />
          <NumberInput label={t("field.position")} min={0} max={10_000} {...form.getInputProps("position")} />
          <Checkbox label={t("field.enabled")} {...form.getInputProps("enabled", { type: "checkbox" })} />
        </Group>
        <Group align="flex-start" grow>
          <MultiSelect
            label={t("field.severities")}
            placeholder={form.values.severities.length === 0 ? t("which.any") : ""}
            data={severities.map((value) => ({ value, label: t(`common:severity.${value}`) }))}
            {...form.getInputProps("severities")}
          />
          <TagsInput
            label={t("field.labels")}
            placeholder={form.values.labels.length === 0 ? "service=payment" : ""}
            {...form.getInputProps("labels")}
          />
        </Group>
        <StepFields form={form} />
        <SlaFields form={form} />
        {whole ? (
          <section aria-label={t("dry.title")} className={styles.dry}>
            <h3>{t("dry.title")}</h3>
            <DryRun policy={{ ...toBody(steady), name: steady.name.trim() === "" ? "–" : steady.name }} />
          </section>
        ) : null}
        <ProblemNotice error={save.error} />
        <Group justify="space-between" gap="sm">
          {policy === undefined ? <span /> : <Remove policy={policy} onGone={onClose} />}
          <Group gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("common:action.save")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </ImeForm>
  );
}

function useSave(policy: EscalationPolicy | undefined, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (form: PolicyForm) => {
      const body = toBody(form);
      if (policy === undefined) return api.POST("/api/v1/escalation-policies", { body });
      return api.PUT("/api/v1/escalation-policies/{escalation_policy_id}", {
        params: { path: { escalation_policy_id: policy.id }, header: { "if-match": `"${policy.revision}"` } },
        body,
      });
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["escalation"] });
      onSaved();
    },
  });
}

function Remove({ policy, onGone }: { policy: EscalationPolicy; onGone(): void }) {
  const { t } = useTranslation("escalation");
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/escalation-policies/{escalation_policy_id}", {
        params: { path: { escalation_policy_id: policy.id } },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["escalation"] });
      onGone();
    },
  });
  return (
    <>
      <Button color="danger" variant="subtle" onClick={() => setAsking(true)}>
        {t("remove.button")}
      </Button>
      <ConfirmDanger
        opened={asking}
        title={t("remove.title", { name: policy.name })}
        impact={t("remove.impact")}
        confirmLabel={t("remove.button")}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
