import { Button, Checkbox, Group, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { api, dataOf } from "@/lib/api/client";
import type { RemoteTool, TakenTools } from "@/lib/api/types";
import { ConnectionSelect } from "./ConnectionSelect";
import { toggled } from "./model";
import { type Outcome, Outcomes } from "./Outcomes";
import { lookAtMcp } from "./queries";
import styles from "./tools.module.css";

/** Tools of another MCP server: look at what it offers, choose, take over; each is pinned to what it looks like now. */
export function McpImport() {
  const { t } = useTranslation("tools");
  const client = useQueryClient();
  const [connection, setConnection] = useState("");
  const [path, setPath] = useState("mcp");
  const [chosen, setChosen] = useState<string[]>([]);
  const [publish, setPublish] = useState(true);
  const look = useMutation({ mutationFn: () => lookAtMcp(connection, path), onSuccess: () => setChosen([]) });
  const take = useMutation({
    mutationFn: () =>
      dataOf<TakenTools>(
        api.POST("/api/v1/imports/mcp/apply", { body: { connection, path, tools: chosen, publish } }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["assets"] }),
  });
  return (
    <div className={styles.columns}>
      <Panel title={t("import.where")}>
        <ImeForm
          onSubmit={(event) => {
            event.preventDefault();
            take.reset();
            look.mutate();
          }}
        >
          <div className={styles.inner}>
            <ConnectionSelect value={connection} onChange={setConnection} none={t("import.choose")} />
            <TextInput
              label={t("field.path")}
              description={t("import.pathHint")}
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            <Group>
              <Button type="submit" disabled={connection === ""} loading={look.isPending}>
                {t("import.look")}
              </Button>
            </Group>
            <ProblemNotice error={look.error} />
          </div>
        </ImeForm>
      </Panel>
      <Panel title={t("import.offered")}>
        <div className={styles.inner}>
          {look.data === undefined ? (
            <p className={styles.note}>{t("import.nothingYet")}</p>
          ) : (
            <>
              <ul className={styles.list}>
                {look.data.items.map((tool) => (
                  <Offer
                    key={tool.name}
                    tool={tool}
                    checked={chosen.includes(tool.name)}
                    onToggle={() => setChosen(toggled(chosen, tool.name))}
                  />
                ))}
              </ul>
              <Switch
                label={t("publishNow")}
                checked={publish}
                onChange={(event) => setPublish(event.currentTarget.checked)}
              />
              <Group>
                <Button disabled={chosen.length === 0} loading={take.isPending} onClick={() => take.mutate()}>
                  {t("import.take", { count: chosen.length })}
                </Button>
              </Group>
            </>
          )}
          <ProblemNotice error={take.error} />
          {take.data === undefined ? null : <Outcomes items={take.data.items.map(outcomeOf)} />}
        </div>
      </Panel>
    </div>
  );
}

function outcomeOf(item: TakenTools["items"][number]): Outcome {
  return { name: item.name, kind: "tool", id: item.asset_id ?? null, error: item.error ?? null };
}

function Offer({ tool, checked, onToggle }: { tool: RemoteTool; checked: boolean; onToggle(): void }) {
  const { t } = useTranslation("tools");
  const known = tool.asset_id !== null && tool.asset_id !== undefined;
  return (
    <li className={styles.pick}>
      <Checkbox aria-label={tool.title} checked={checked} disabled={known} onChange={onToggle} />
      <span>
        {tool.title} <code className={styles.key}>{tool.name}</code>
      </span>
      <p className={styles.note}>{tool.description}</p>
      {known ? (
        <p className={tool.changed ? styles.bad : styles.note}>
          {tool.changed ? t("import.changed") : t("import.known")}
        </p>
      ) : null}
    </li>
  );
}
