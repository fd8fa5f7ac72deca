import { ActionIcon, NativeSelect, Textarea } from "@mantine/core";
import { IconArrowUp, IconPlayerStopFilled } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/keyboard/keys";
import styles from "./ask.module.css";
import { asksOnKey } from "./model/answer";
import { modeKept, modes, rememberMode } from "./model/mode";
import type { Asking } from "./use-ask";

/** Where a question is typed. While one is under way its button stops it; what is typed stays until it is asked. */
export function QuestionBox({ asking }: { asking: Asking }) {
  const { t } = useTranslation("ask");
  const [text, setText] = useState("");
  const [mode, setMode] = useState(modeKept);
  const running = asking.progress.phase === "running";
  const submit = () => {
    if (text.trim() === "" || running) return;
    asking.start({ text: text.trim(), mode });
    setText("");
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!asksOnKey(event, isComposing(event.nativeEvent))) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className={styles.box}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        aria-label={t("box.label")}
        placeholder={t("box.placeholder")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2000}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <div className={styles.boxFoot}>
        <NativeSelect
          size="xs"
          aria-label={t("mode.label")}
          value={mode}
          data={modes.map((value) => ({ value, label: t(`mode.${value}`) }))}
          onChange={(event) => setMode(rememberMode(event.currentTarget.value))}
        />
        <span className={styles.note}>{t("box.keys")}</span>
      </div>
      <Send asking={asking} empty={text.trim() === ""} />
    </form>
  );
}

/** Asks; while a question is under way it stops that one. */
function Send({ asking, empty }: { asking: Asking; empty: boolean }) {
  const { t } = useTranslation("ask");
  if (asking.progress.phase === "running")
    return (
      <ActionIcon
        className={styles.send}
        variant="filled"
        color="gray"
        aria-label={t("box.stop")}
        title={t("box.stop")}
        disabled={asking.progress.stopping}
        onClick={asking.stop}
      >
        <IconPlayerStopFilled size={16} aria-hidden />
      </ActionIcon>
    );
  return (
    <ActionIcon
      className={styles.send}
      type="submit"
      variant="filled"
      aria-label={t("box.ask")}
      title={t("box.ask")}
      disabled={empty}
    >
      <IconArrowUp size={18} aria-hidden />
    </ActionIcon>
  );
}
