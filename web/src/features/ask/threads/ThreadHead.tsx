import { ActionIcon, Button } from "@mantine/core";
import {
  IconArchive,
  IconDots,
  IconDownload,
  IconPencil,
  IconPin,
  IconTrash,
  IconUsers,
} from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDanger } from "@/components/confirm/ConfirmDanger";
import { PickMenu } from "@/components/menu/PickMenu";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ThreadDetail } from "@/lib/api/types";
import { Rename } from "./Rename";
import styles from "./threads.module.css";
import { useThreadChange, useThreadRemoval } from "./use-thread-change";

type Asked = "rename" | "remove" | null;

/** The conversation's name, and what can be done with it as a whole. */
export function ThreadHead({ thread }: { thread: ThreadDetail }) {
  const { t } = useTranslation("ask");
  const [asked, setAsked] = useState<Asked>(null);
  const navigate = useNavigate();
  const change = useThreadChange();
  const removal = useThreadRemoval(() => void navigate({ to: "/ask" }));
  const { id, pinned, archived, shared } = thread;
  const flip = (what: "pinned" | "archived" | "shared", value: boolean) =>
    change.mutate({ id, change: { [what]: value } });
  return (
    <div className={styles.threadHead}>
      {asked === "rename" ? (
        <Rename thread={thread} change={change} onClose={() => setAsked(null)} />
      ) : (
        <h2>{thread.title}</h2>
      )}
      <Exports id={id} />
      {thread.mine ? (
        <PickMenu
          label={t("thread.menu")}
          trigger={(props) => (
            <ActionIcon variant="default" aria-label={t("thread.menu")} {...props}>
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          )}
          items={[
            { key: "rename", label: t("thread.rename"), icon: IconPencil, onPick: () => setAsked("rename") },
            {
              key: "pin",
              label: pinned ? t("thread.unpin") : t("thread.pin"),
              icon: IconPin,
              onPick: () => flip("pinned", !pinned),
            },
            {
              key: "share",
              label: shared ? t("thread.unshare") : t("thread.share"),
              icon: IconUsers,
              onPick: () => flip("shared", !shared),
            },
            {
              key: "archive",
              label: archived ? t("thread.unarchive") : t("thread.archive"),
              icon: IconArchive,
              onPick: () => flip("archived", !archived),
            },
            { key: "remove", label: t("thread.remove"), icon: IconTrash, onPick: () => setAsked("remove") },
          ]}
        />
      ) : null}
      <ProblemNotice error={asked === "rename" ? null : change.error} />
      <ConfirmDanger
        opened={asked === "remove"}
        title={t("thread.remove")}
        impact={t("thread.removeImpact", { count: thread.questions.length })}
        confirmLabel={t("thread.remove")}
        busy={removal.isPending}
        error={removal.error}
        onConfirm={() => removal.mutate(id)}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

const formats = { markdown: "Markdown", pdf: "PDF" } as const;

/** The conversation as a document, with its tables and the queries behind them. */
function Exports({ id }: { id: string }) {
  const { t, i18n } = useTranslation("ask");
  const language = i18n.language === "ko" ? "ko" : "en";
  return (
    <>
      {(Object.keys(formats) as (keyof typeof formats)[]).map((format) => (
        <Button
          key={format}
          component="a"
          href={`/api/v1/threads/${id}/export?format=${format}&language=${language}`}
          download
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={t("thread.export", { format: formats[format] })}
        >
          {formats[format]}
        </Button>
      ))}
    </>
  );
}
