import { Button, Group, Modal, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { type CaseForm, draftOf, newMatcher } from "../model/cases";
import { MatcherFields } from "./MatcherFields";
import type { CaseSteps } from "./use-cases";

interface Props {
  /** The case that is edited; null makes a new one. */
  id: string | null;
  start: CaseForm;
  save: CaseSteps["save"];
  onClose(): void;
}

/** A call with what is expected of it. */
export function CaseDialog({ id, start, save, onClose }: Props) {
  const { t } = useTranslation("apis");
  const [form, setForm] = useState(start);
  const edit = (change: Partial<CaseForm>) => setForm({ ...form, ...change });
  const read = draftOf(form);
  const wrong = "wrong" in read ? read.wrong : null;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t("cases.edit")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm
        onSubmit={(event) => {
          event.preventDefault();
          if ("draft" in read) save.mutate({ id, draft: read.draft }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("field.name")}
            data-autofocus
            required
            maxLength={200}
            value={form.name}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <Textarea
            label={t("cases.parameters")}
            autosize
            minRows={2}
            maxRows={8}
            error={wrong === "parameters" ? t("cases.wrong") : null}
            value={form.parameters}
            onChange={(event) => edit({ parameters: event.currentTarget.value })}
          />
          <Expected form={form} wrong={wrong} edit={edit} />
          <World form={form} edit={edit} />
          <ProblemNotice error={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={wrong !== null || form.name.trim() === ""}
            >
              {t("cases.keepCase")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}

interface ExpectedProps {
  form: CaseForm;
  wrong: string | null;
  edit(change: Partial<CaseForm>): void;
}

function Expected({ form, wrong, edit }: ExpectedProps) {
  const { t } = useTranslation("apis");
  const { matchers } = form;
  return (
    <>
      <Group grow align="start">
        <TextInput
          label={t("cases.status")}
          inputMode="numeric"
          value={form.status}
          onChange={(event) => edit({ status: event.currentTarget.value })}
        />
        <TextInput
          label={t("cases.code")}
          description={t("cases.codeHint")}
          value={form.code}
          onChange={(event) => edit({ code: event.currentTarget.value })}
        />
      </Group>
      {matchers.map((matcher) => (
        <MatcherFields
          key={matcher.id}
          matcher={matcher}
          wrong={wrong === matcher.id}
          onChange={(next) =>
            edit({ matchers: matchers.map((each) => (each.id === matcher.id ? next : each)) })
          }
          onRemove={() => edit({ matchers: matchers.filter(({ id }) => id !== matcher.id) })}
        />
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => edit({ matchers: [...matchers, newMatcher("rows")] })}
        >
          {t("cases.add")}
        </Button>
      </Group>
    </>
  );
}

/** A clock that stands still, for logic that looks at it. */
function World({ form, edit }: Omit<ExpectedProps, "wrong">) {
  const { t } = useTranslation("apis");
  return (
    <>
      <Switch
        label={t("cases.frozen")}
        description={t("cases.frozenHint")}
        checked={form.frozen}
        onChange={(event) =>
          edit({ frozen: event.currentTarget.checked, now: form.now || new Date().toISOString() })
        }
      />
      {form.frozen ? (
        <Group grow>
          <TextInput
            label={t("cases.now")}
            value={form.now}
            onChange={(event) => edit({ now: event.currentTarget.value })}
          />
          <TextInput
            label={t("cases.seed")}
            inputMode="numeric"
            value={form.seed}
            onChange={(event) => edit({ seed: event.currentTarget.value })}
          />
        </Group>
      ) : null}
    </>
  );
}
