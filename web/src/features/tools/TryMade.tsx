import { Button, Code } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { flawsOf } from "@/components/schema/check";
import { blankOf } from "@/components/schema/fields";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { ApiRun, ToolRan } from "@/lib/api/types";
import type { Json, JsonObject } from "@/lib/json/pointer";
import { pretty } from "./model";
import styles from "./tools.module.css";

interface Props {
  kind: string;
  id: string;
  schema: JsonObject;
}

/** What was just made, run from where it was made. */
export function TryMade({ kind, id, schema }: Props) {
  const { t } = useTranslation("tools");
  const [value, setValue] = useState<Json>(() => blankOf(schema, schema));
  const run = useMutation({ mutationFn: () => tried(kind, id, value as JsonObject) });
  return (
    <div className={styles.inner}>
      <SchemaForm schema={schema} value={value} flaws={flawsOf(value, schema)} onChange={setValue} />
      <div>
        <Button size="compact-sm" loading={run.isPending} onClick={() => run.mutate()}>
          {t("run")}
        </Button>
      </div>
      <div aria-live="polite">
        <ProblemNotice error={run.error} />
        {run.data === undefined ? null : (
          <Code block className={styles.code} tabIndex={0} data-testid="tried">
            {pretty(run.data)}
          </Code>
        )}
      </div>
    </div>
  );
}

/** The draft of an API or tool, the way the published one runs. */
async function tried(kind: string, id: string, given: JsonObject): Promise<Json> {
  if (kind === "api") {
    const ran = await dataOf<ApiRun>(
      api.POST("/api/v1/apis/{api_id}/run", {
        params: { path: { api_id: id } },
        body: { parameters: given as never },
      }),
    );
    return ran.items as Json;
  }
  const ran = await dataOf<ToolRan>(
    api.POST("/api/v1/tools/{asset_id}/run", {
      params: { path: { asset_id: id } },
      body: { arguments: given as never, draft: true },
    }),
  );
  return ran.result as Json;
}
