import { Button, Group, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api as client, dataOf } from "@/lib/api/client";
import type { MadeTool } from "@/lib/api/types";
import { ImeForm } from "../input/ImeForm";
import { ProblemNotice } from "../state/ProblemNotice";

interface Props {
  /** The published API. */
  api: { key: string; name: string; description: string };
  onMade(made: MadeTool): void;
  onClose(): void;
}

/** A published API as a tool: its parameters become the input, its rows the output; the words are for language models. */
export function ToolOfApi({ api, onMade, onClose }: Props) {
  const { t } = useTranslation("tools");
  const queries = useQueryClient();
  const [words, setWords] = useState({ name: api.name, description: api.description, when_to_use: "" });
  const [publish, setPublish] = useState(true);
  const same = words.description === api.description;
  const make = useMutation({
    mutationFn: () =>
      dataOf<MadeTool>(
        client.POST("/api/v1/tools/from-api", {
          // Untouched words stay the API's own.
          body: { api: api.key, ...words, description: same ? null : words.description, publish },
        }),
      ),
    onSuccess: (made) => {
      void Promise.all(
        ["assets", "tools", "apis"].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
      onMade(made);
    },
  });
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t("field.name")}
          data-autofocus
          required
          maxLength={200}
          value={words.name}
          onChange={(event) => setWords({ ...words, name: event.currentTarget.value })}
        />
        <Textarea
          label={t("field.description")}
          autosize
          minRows={2}
          maxLength={5000}
          value={words.description}
          onChange={(event) => setWords({ ...words, description: event.currentTarget.value })}
        />
        <Textarea
          label={t("field.whenToUse")}
          description={t("whenToUseHint")}
          autosize
          minRows={2}
          maxLength={5000}
          value={words.when_to_use}
          onChange={(event) => setWords({ ...words, when_to_use: event.currentTarget.value })}
        />
        <Switch
          label={t("publishNow")}
          checked={publish}
          onChange={(event) => setPublish(event.currentTarget.checked)}
        />
        <ProblemNotice error={make.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" loading={make.isPending} disabled={words.name.trim() === ""}>
            {t("make")}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
