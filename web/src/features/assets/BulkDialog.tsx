import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api, dataOf } from "@/lib/api/client";
import type { Asset, AssetBulk, AssetBulkAction } from "@/lib/api/types";
import styles from "./assets.module.css";
import { bulkAheadQuery } from "./queries";

interface Props {
  action: AssetBulkAction | null;
  assets: readonly Asset[];
  onClose(done: boolean): void;
}

export function BulkDialog({ action, assets, onClose }: Props) {
  const { t } = useTranslation(["assets", "lifecycle"]);
  return (
    <Modal
      opened={action !== null}
      onClose={() => onClose(false)}
      title={action === null ? "" : t("bulk.title", { action: t(`bulk.${action}`), count: assets.length })}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      {action === null ? null : <Body action={action} assets={assets} onClose={onClose} />}
    </Modal>
  );
}

function Body({ action, assets, onClose }: Props & { action: AssetBulkAction }) {
  const { t } = useTranslation(["assets", "lifecycle"]);
  const client = useQueryClient();
  // The list refreshes under the dialog: what was asked for stays.
  const [asked] = useState(assets);
  const [tag, setTag] = useState("");
  const [comment, setComment] = useState("");
  const tags = action === "tag" || action === "untag";
  const run = useMutation({
    mutationFn: () =>
      dataOf<AssetBulk>(
        api.POST("/api/v1/assets/bulk", {
          body: {
            ids: asked.map(({ id }) => id),
            action,
            tag: tags ? tag.trim() : null,
            comment: comment.trim(),
            force: false,
            preview: false,
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  const ahead = useQuery(bulkAheadQuery(asked, action));
  const ready = !tags || tag.trim() !== "";
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !run.isPending && run.data === undefined) run.mutate();
      }}
    >
      <Stack gap="md">
        {run.data === undefined && tags ? (
          <Said label={t("bulk.which")} maxLength={60} value={tag} onSay={setTag} />
        ) : null}
        {run.data === undefined && !tags && action !== "restore" ? (
          <Said label={t("lifecycle:step.comment")} maxLength={1000} value={comment} onSay={setComment} />
        ) : null}
        <Outcomes assets={asked} answer={run.data} ahead={ahead.data} />
        <ProblemNotice error={run.error ?? ahead.error} />
        <Group justify="flex-end" gap="sm">
          {run.data === undefined ? (
            <>
              <Button variant="default" onClick={() => onClose(false)}>
                {t("common:action.cancel")}
              </Button>
              <Button
                type="submit"
                {...(action === "archive" || action === "unpublish" ? { color: "danger" } : {})}
                disabled={!ready || ahead.isLoading}
                loading={run.isPending}
              >
                {t(`bulk.${action}`)}
              </Button>
            </>
          ) : (
            <Button onClick={() => onClose(run.data?.refused === 0)}>{t("common:action.close")}</Button>
          )}
        </Group>
      </Stack>
    </ImeForm>
  );
}

interface SaidProps {
  label: string;
  maxLength: number;
  value: string;
  onSay(text: string): void;
}

function Said({ onSay, ...field }: SaidProps) {
  return <TextInput {...field} onChange={(event) => onSay(event.currentTarget.value)} data-autofocus />;
}

interface OutcomesProps {
  assets: readonly Asset[];
  answer: AssetBulk | undefined;
  ahead: AssetBulk | undefined;
}

/** Before: what it would do to each and to those who use it. After: what became of each, and why it was refused. */
function Outcomes({ assets, answer, ahead }: OutcomesProps) {
  const { t } = useTranslation(["assets", "lifecycle"]);
  const kindName = useKindName();
  const found = new Map((answer ?? ahead)?.items.map((item) => [item.id, item]));
  return (
    <div>
      {answer === undefined ? null : (
        <p className={styles.summary} role="status">
          {t("bulk.result", { done: answer.done, refused: answer.refused })}
        </p>
      )}
      {answer !== undefined || ahead === undefined || ahead.refused === 0 ? null : (
        <p className={styles.summary} role="status">
          {t("bulk.ahead", { count: ahead.refused })}
        </p>
      )}
      <ul className={styles.outcomes}>
        {assets.map(({ id, name, kind }) => {
          const outcome = found.get(id);
          return (
            <li key={id}>
              <span className={styles.grow}>
                <span>
                  {name} <span className={styles.note}>{kindName(kind)}</span>{" "}
                  {outcome?.dependants_total ? (
                    <span className={styles.note}>
                      {t("lifecycle:impact.users", {
                        count: outcome.dependants_total,
                        breaks: outcome.breaks_total ?? 0,
                      })}
                    </span>
                  ) : null}
                </span>
                {outcome?.done === false ? <span className={styles.bad}>{outcome.detail}</span> : null}
              </span>
              {answer === undefined || outcome === undefined ? null : (
                <StatusBadge
                  plain
                  tone={outcome.done ? "ok" : "critical"}
                  label={t(outcome.done ? "bulk.done" : "bulk.refused")}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
