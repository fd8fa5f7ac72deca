import { ActionIcon, Textarea } from "@mantine/core";
import { IconArrowUp, IconPlayerStopFilled } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/keyboard/keys";
import styles from "./ask.module.css";
import { asksOnKey } from "./model/answer";

interface Props {
  running: boolean;
  onAsk(text: string): void;
  onStop(): void;
}

/** Where a question is typed. While one is under way its button stops it; what is typed stays until it is asked. */
export function QuestionBox({ running, onAsk, onStop }: Props) {
  const { t } = useTranslation("ask");
  const [text, setText] = useState("");
  const submit = () => {
    if (text.trim() === "" || running) return;
    onAsk(text.trim());
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
        description={t("box.keys")}
        inputWrapperOrder={["input", "description"]}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2000}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      {running ? (
        <ActionIcon
          className={styles.send}
          variant="filled"
          color="gray"
          aria-label={t("box.stop")}
          title={t("box.stop")}
          onClick={onStop}
        >
          <IconPlayerStopFilled size={16} aria-hidden />
        </ActionIcon>
      ) : (
        <ActionIcon
          className={styles.send}
          type="submit"
          variant="filled"
          aria-label={t("box.ask")}
          title={t("box.ask")}
          disabled={text.trim() === ""}
        >
          <IconArrowUp size={18} aria-hidden />
        </ActionIcon>
      )}
    </form>
  );
}
