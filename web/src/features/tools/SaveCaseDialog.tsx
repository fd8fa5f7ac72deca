import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { ToolCase } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import { parsed, pretty } from "./model";

const kinds = ["succeeds", "contains", "equals", "fails"] as const;

interface Props {
  toolId: string;
  given: JsonObject;
  /** What the last run gave, to start the expectation from. */
  result: Json | undefined;
  onClose(): void;
}

/** These arguments as a case that can be run again, with what is expected of it. */
export function SaveCaseDialog({ toolId, given, result, onClose }: Props) {
  const { t } = useTranslation("tools");
  const [name, setName] = useState("");
  const [kind, setKind] = useState<string>(result === undefined ? "succeeds" : "contains");
  const [text, setText] = useState(pretty(result ?? {}));
  const [code, setCode] = useState("");
  const value = parsed(text);
  const wrong = (kind === "contains" || kind === "equals") && "wrong" in value ? value.wrong : null;
  const expectation =
    kind === "fails"
      ? { type: kind, code }
      : kind === "succeeds"
        ? { type: kind }
        : { type: kind, value: "value" in value ? value.value : null };
  const save = useSaveCase(toolId, onClose);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("cases.save")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name, given, expectation });
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("field.name")}
            data-autofocus
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("expect.label")}
            value={kind}
            data={kinds.map((each) => ({ value: each, label: t(`expect.${each}`) }))}
            onChange={(event) => setKind(event.currentTarget.value)}
          />
          {kind === "fails" ? (
            <TextInput
              label={t("expect.code")}
              required
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          ) : null}
          {kind === "contains" || kind === "equals" ? (
            <ExpectedValue text={text} wrong={wrong} onChange={setText} />
          ) : null}
          <ProblemNotice error={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("common:action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === "" || wrong !== null}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </ImeForm>
    </Modal>
  );
}

function ExpectedValue(props: { text: string; wrong: string | null; onChange(text: string): void }) {
  const { t } = useTranslation("tools");
  return (
    <Textarea
      label={t("expect.value")}
      autosize
      minRows={3}
      maxRows={14}
      error={props.wrong}
      value={props.text}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

interface NewCase {
  name: string;
  given: JsonObject;
  expectation: object;
}

function useSaveCase(toolId: string, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, given, expectation }: NewCase) =>
      dataOf<ToolCase>(
        api.POST("/api/v1/tools/{asset_id}/cases", {
          params: { path: { asset_id: toolId } },
          body: { name, arguments: given as never, expectation: expectation as never },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tools", toolId, "cases"] });
      onSaved();
    },
  });
}
