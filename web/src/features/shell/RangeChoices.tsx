import { Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { inputValue } from "@/lib/format/times";
import { presets, resolve, type TimeRange } from "@/lib/time/range";
import { useRangeLabel } from "./range-label";

export default function RangeChoices({
  range,
  onChoose,
}: {
  range: TimeRange;
  onChoose(next: TimeRange): void;
}) {
  const { t } = useTranslation("shell");
  const label = useRangeLabel();
  const [span] = useState(() => resolve(range, new Date()));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const from = new Date(String(form.get("from")));
    const to = new Date(String(form.get("to")));
    if (from < to) onChoose({ from: from.toISOString(), to: to.toISOString() });
  };
  return (
    <Stack gap="sm" w={250} p={8}>
      <Stack gap={1}>
        {presets.map((from) => (
          <Button
            key={from}
            variant={range.from === from && range.to === "now" ? "light" : "subtle"}
            color={range.from === from && range.to === "now" ? "accent" : "gray"}
            justify="flex-start"
            // Loaded after the popup has opened: it takes the focus itself.
            autoFocus={range.from === from}
            onClick={() => onChoose({ from, to: "now" })}
          >
            {label({ from, to: "now" })}
          </Button>
        ))}
      </Stack>
      <ImeForm onSubmit={submit}>
        <Stack gap="xs">
          <TextInput
            type="datetime-local"
            name="from"
            label={t("range.from")}
            defaultValue={inputValue(span.from)}
          />
          <TextInput
            type="datetime-local"
            name="to"
            label={t("range.to")}
            defaultValue={inputValue(span.to)}
          />
          <Button type="submit" variant="default" mt="xs">
            {t("range.apply")}
          </Button>
        </Stack>
      </ImeForm>
    </Stack>
  );
}
