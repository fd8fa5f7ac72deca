import { Button, Code, Group, SegmentedControl } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDeviceFloppy, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { flawsOf } from "@/components/schema/check";
import { blankOf } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { AssetDetail, ToolRan } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import { useMay } from "@/lib/query/me";
import { inputOf, pretty } from "./model";
import { SaveCaseDialog } from "./SaveCaseDialog";
import styles from "./tools.module.css";

/** Arguments by the input schema, and what the tool gives for them: the draft or what is in force. */
export function TestTab({ tool }: { tool: AssetDetail }) {
  const { t } = useTranslation("tools");
  const may = useMay();
  const client = useQueryClient();
  const schema = inputOf(tool.content as JsonObject);
  const [value, setValue] = useState<Json>(() => blankOf(schema, schema));
  const [which, setWhich] = useState(
    tool.published_version === null || tool.draft_differs ? "draft" : "published",
  );
  const [saving, dialog] = useDisclosure(false);
  const run = useMutation({
    mutationFn: () =>
      dataOf<ToolRan>(
        api.POST("/api/v1/tools/{asset_id}/run", {
          params: { path: { asset_id: tool.id } },
          body: { arguments: value as never, draft: which === "draft" },
        }),
      ),
    onSettled: () => void client.invalidateQueries({ queryKey: ["tools", tool.id, "runs"] }),
  });
  return (
    <div className={styles.columns}>
      <Panel
        title={t("field.input")}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t("which.label")}
            value={which}
            onChange={setWhich}
            data={[
              { value: "draft", label: t("which.draft") },
              { value: "published", label: t("which.published"), disabled: tool.published_version === null },
            ]}
          />
        }
      >
        <div className={styles.inner}>
          <SchemaForm schema={schema} value={value} flaws={flawsOf(value, schema)} onChange={setValue} />
          <Group gap="sm">
            <Button
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              loading={run.isPending}
              disabled={!may("tools.run")}
              onClick={() => run.mutate()}
            >
              {t("run")}
            </Button>
            <Button
              variant="default"
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              disabled={!tool.can_write}
              onClick={dialog.open}
            >
              {t("cases.save")}
            </Button>
          </Group>
        </div>
      </Panel>
      <Result ran={run.data} error={run.error} />
      {saving ? (
        <SaveCaseDialog
          toolId={tool.id}
          given={value as JsonObject}
          result={run.data === undefined ? undefined : (run.data.result as Json)}
          onClose={dialog.close}
        />
      ) : null}
    </div>
  );
}

function Result({ ran, error }: { ran: ToolRan | undefined; error: unknown }) {
  const { t } = useTranslation("tools");
  return (
    <Panel title={t("result")} note={ran === undefined ? undefined : `${ran.ms.toFixed(1)} ms`}>
      <div className={styles.inner} aria-live="polite">
        <ProblemNotice error={error} />
        {ran !== undefined ? (
          <Code block className={styles.code} tabIndex={0}>
            {pretty(ran.result as Json)}
          </Code>
        ) : error === null ? (
          <EmptyState kind="nothing" compact title={t("notRun.title")} text={t("notRun.text")} />
        ) : null}
      </div>
    </Panel>
  );
}
