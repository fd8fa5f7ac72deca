import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { Thread } from "@/lib/api/types";
import styles from "./threads.module.css";
import type { useThreadChange } from "./use-thread-change";

interface Props {
  thread: Thread;
  change: ReturnType<typeof useThreadChange>;
  onClose(): void;
}

export function Rename({ thread, change, onClose }: Props) {
  const { t } = useTranslation("ask");
  const [title, setTitle] = useState(thread.title);
  const save = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (title.trim() === "") return;
    change.mutate({ id: thread.id, change: { title: title.trim() } }, { onSuccess: onClose });
  };
  return (
    <ImeForm className={styles.rename ?? ""} onSubmit={save}>
      <TextInput
        aria-label={t("thread.name")}
        data-autofocus
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" loading={change.isPending} disabled={title.trim() === ""}>
        {t("common:action.save")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onClose}>
        {t("common:action.cancel")}
      </Button>
      <ProblemNotice error={change.error} />
    </ImeForm>
  );
}
