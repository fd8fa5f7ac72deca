import { Button, Group, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type MatcherForm, matcherTypes } from "../model/cases";
import styles from "./cases.module.css";

interface Props {
  matcher: MatcherForm;
  wrong: boolean;
  onChange(matcher: MatcherForm): void;
  onRemove(): void;
}

/** One condition on the answer. */
export function MatcherFields({ matcher, wrong, onChange, onRemove }: Props) {
  const { t } = useTranslation("apis");
  const edit = (change: Partial<MatcherForm>) => onChange({ ...matcher, ...change });
  const { type } = matcher;
  return (
    <div className={styles.matcher}>
      <Group align="end" gap="sm">
        <NativeSelect
          label={t("cases.matchers")}
          value={type}
          data={matcherTypes.map((value) => ({ value, label: t(`cases.matcher.${value}`) }))}
          onChange={(event) =>
            edit({ type: matcherTypes.find((each) => each === event.currentTarget.value) ?? "equals" })
          }
        />
        <Button variant="default" size="compact-sm" onClick={onRemove}>
          {t("cases.remove")}
        </Button>
      </Group>
      {type === "rows" ? (
        <Group grow>
          {(["minimum", "maximum"] as const).map((bound) => (
            <TextInput
              key={bound}
              label={t(`cases.${bound}`)}
              inputMode="numeric"
              value={matcher[bound]}
              onChange={(event) => edit({ [bound]: event.currentTarget.value })}
            />
          ))}
        </Group>
      ) : (
        <Compared matcher={matcher} wrong={wrong} edit={edit} />
      )}
    </div>
  );
}

interface ComparedProps {
  matcher: MatcherForm;
  wrong: boolean;
  edit(change: Partial<MatcherForm>): void;
}

function Compared({ matcher, wrong, edit }: ComparedProps) {
  const { t } = useTranslation("apis");
  const isSchema = matcher.type === "schema";
  return (
    <>
      {isSchema ? null : (
        <TextInput
          label={t("cases.pointer")}
          description={t("cases.pointerHint")}
          value={matcher.pointer}
          onChange={(event) => edit({ pointer: event.currentTarget.value })}
        />
      )}
      <Textarea
        label={isSchema ? t("cases.schema") : t("cases.value")}
        description={isSchema ? t("cases.schemaHint") : undefined}
        autosize
        minRows={2}
        maxRows={12}
        error={wrong ? t("cases.wrong") : null}
        value={matcher.text}
        onChange={(event) => edit({ text: event.currentTarget.value })}
      />
    </>
  );
}
