import { Switch, TagsInput, TextInput } from "@mantine/core";
import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/lib/api/client";
import type { Inhibition } from "@/lib/api/types";
import { FormDialog } from "./Frame";
import { MatcherRows } from "./MatcherRows";
import { MatchPreview } from "./MatchPreview";
import { type MatcherRow, matchersOf, rowsOf } from "./model";
import { revisionOf, useMuting } from "./queries";

interface Props {
  /** The one to change; none to make one. */
  inhibition: Inhibition | undefined;
  onClose(): void;
}

interface Fields {
  name: string;
  source: MatcherRow[];
  target: MatcherRow[];
  equal: string[];
  comment: string;
  enabled: boolean;
}

function fieldsOf(found: Inhibition | undefined): Fields {
  return {
    name: found?.name ?? "",
    source: rowsOf(found?.source ?? []),
    target: rowsOf(found?.target ?? []),
    equal: found?.equal ?? [],
    comment: found?.comment ?? "",
    enabled: found?.enabled ?? true,
  };
}

/** Which alerts keep which others quiet. */
export function InhibitionForm({ inhibition, onClose }: Props) {
  const { t } = useTranslation("silences");
  const [fields, set] = useReducer(
    (kept: Fields, part: Partial<Fields>) => ({ ...kept, ...part }),
    inhibition,
    fieldsOf,
  );
  const [source, target] = [matchersOf(fields.source), matchersOf(fields.target)];
  const save = useMuting(async () => {
    const { name, equal, comment, enabled } = fields;
    const body = { name, equal, comment, enabled, source: source as never, target: target as never };
    return inhibition === undefined
      ? api.POST("/api/v1/inhibitions", { body })
      : api.PUT("/api/v1/inhibitions/{inhibition_id}", {
          params: { path: { inhibition_id: inhibition.id }, header: revisionOf(inhibition) },
          body,
        });
  }, onClose);
  return (
    <FormDialog
      title={t(inhibition === undefined ? "inhibitions.new" : "inhibitions.edit")}
      ready={source.length > 0 && target.length > 0 && fields.name.trim() !== ""}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <TextInput
        label={t("field.name")}
        required
        maxLength={200}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <MatcherRows
        label={t("inhibitions.source")}
        rows={fields.source}
        onChange={(rows) => set({ source: rows })}
      />
      <MatchPreview matchers={source} />
      <MatcherRows
        label={t("inhibitions.target")}
        rows={fields.target}
        onChange={(rows) => set({ target: rows })}
      />
      <MatchPreview matchers={target} />
      <TagsInput
        label={t("inhibitions.equal")}
        description={t("inhibitions.equalHint")}
        maxTags={20}
        value={fields.equal}
        onChange={(equal) => set({ equal })}
      />
      <Switch
        label={t("field.enabled")}
        checked={fields.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </FormDialog>
  );
}
