import { ActionIcon, Button, Group, MultiSelect, NumberInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./escalation.module.css";
import type { PolicyForm } from "./model";
import { useTargets } from "./queries";

/** "After … minutes tell …", as often as needed, and how often it all begins again. */
export function StepFields({ form }: { form: UseFormReturnType<PolicyForm> }) {
  const { t } = useTranslation("escalation");
  const { groups } = useTargets();
  const { steps } = form.values;
  const minutes = { min: 0, max: 10_080, clampBehavior: "strict", allowDecimal: false } as const;
  return (
    <fieldset className={styles.steps}>
      <legend>{t("field.steps")}</legend>
      {steps.map((_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the policy
        <Group key={place} align="flex-end" wrap="nowrap">
          <NumberInput
            label={place === 0 ? t("field.after") : undefined}
            aria-label={t("field.afterOf", { step: place + 1 })}
            w={110}
            {...minutes}
            {...form.getInputProps(`steps.${place}.after_min`)}
          />
          <MultiSelect
            className={styles.grow}
            label={place === 0 ? t("field.tell") : undefined}
            aria-label={t("field.tellOf", { step: place + 1 })}
            data={groups}
            searchable
            {...form.getInputProps(`steps.${place}.targets`)}
          />
          <ActionIcon
            aria-label={t("removeStep", { step: place + 1 })}
            disabled={steps.length === 1}
            onClick={() => form.removeListItem("steps", place)}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group align="flex-end">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            form.insertListItem("steps", { after_min: (steps.at(-1)?.after_min ?? 0) + 10, targets: [] })
          }
        >
          {t("addStep")}
        </Button>
        <NumberInput
          label={t("field.repeats")}
          w={130}
          {...minutes}
          max={20}
          {...form.getInputProps("repeats")}
        />
        <NumberInput
          label={t("field.repeatAfter")}
          w={200}
          {...minutes}
          disabled={form.values.repeats === 0}
          {...form.getInputProps("repeat_after_min")}
        />
      </Group>
    </fieldset>
  );
}
