import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/lib/api/client";
import type { LabelMatcher, Silence } from "@/lib/api/types";
import { FormDialog } from "./Frame";
import { MatcherRows } from "./MatcherRows";
import { MatchPreview } from "./MatchPreview";
import { instantOf, localText, type MatcherRow, matchersOf, rowsOf } from "./model";
import { revisionOf, useMuting } from "./queries";
import styles from "./silences.module.css";

interface Props {
  /** The one to change; none to make one. */
  silence: Silence | undefined;
  /** What a new one begins with. */
  matchers: readonly LabelMatcher[];
  onClose(): void;
}

interface Fields {
  rows: MatcherRow[];
  starts: string;
  ends: string;
  comment: string;
}

const hours = [1, 2, 8, 24];

function fieldsOf({ silence, matchers }: Props): Fields {
  const now = new Date();
  return {
    rows: rowsOf(silence?.matchers ?? matchers),
    starts: localText(silence === undefined ? now : new Date(silence.starts_at)),
    ends: localText(silence === undefined ? new Date(now.getTime() + 7_200_000) : new Date(silence.ends_at)),
    comment: silence?.comment ?? "",
  };
}

/** Which alerts are kept quiet, and when. */
export function SilenceForm(props: Props) {
  const { silence, onClose } = props;
  const { t } = useTranslation("silences");
  const [fields, set] = useReducer(
    (kept: Fields, part: Partial<Fields>) => ({ ...kept, ...part }),
    props,
    fieldsOf,
  );
  const matchers = matchersOf(fields.rows);
  const [starts_at, ends_at] = [instantOf(fields.starts), instantOf(fields.ends)];
  const save = useMuting(async () => {
    const body = {
      matchers: matchers as never,
      starts_at,
      ends_at: ends_at ?? "",
      comment: fields.comment.trim(),
    };
    return silence === undefined
      ? api.POST("/api/v1/silences", { body })
      : api.PUT("/api/v1/silences/{silence_id}", {
          params: { path: { silence_id: silence.id }, header: revisionOf(silence) },
          body,
        });
  }, onClose);
  return (
    <FormDialog
      title={t(silence === undefined ? "silences.new" : "silences.edit")}
      ready={matchers.length > 0 && ends_at !== null && fields.comment.trim() !== ""}
      saving={save.isPending}
      error={save.error}
      onSave={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <MatcherRows label={t("matcher.title")} rows={fields.rows} onChange={(rows) => set({ rows })} />
      <MatchPreview matchers={matchers} />
      <Times fields={fields} running={silence?.state === "active"} onChange={set} />
      <Textarea
        label={t("field.comment")}
        required
        maxLength={2000}
        value={fields.comment}
        onChange={(event) => set({ comment: event.currentTarget.value })}
      />
    </FormDialog>
  );
}

interface TimesProps {
  fields: Fields;
  /** One that has begun keeps its beginning. */
  running: boolean;
  onChange(part: Partial<Fields>): void;
}

function Times({ fields, running, onChange }: TimesProps) {
  const { t } = useTranslation("silences");
  const from = instantOf(fields.starts);
  const lasts = (count: number) =>
    onChange({
      ends: localText(new Date((from === null ? Date.now() : Date.parse(from)) + count * 3_600_000)),
    });
  return (
    <>
      <div className={styles.pair}>
        <TextInput
          type="datetime-local"
          label={t("field.starts")}
          value={fields.starts}
          disabled={running}
          onChange={(event) => onChange({ starts: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t("field.ends")}
          value={fields.ends}
          onChange={(event) => onChange({ ends: event.currentTarget.value })}
        />
      </div>
      <Group gap="xs">
        {hours.map((count) => (
          <Button key={count} size="compact-sm" variant="default" onClick={() => lasts(count)}>
            {t("hours", { count })}
          </Button>
        ))}
      </Group>
    </>
  );
}
