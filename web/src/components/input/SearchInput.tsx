import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/keyboard/keys";

interface Props {
  value: string;
  label: string;
  onSearch(text: string): void;
}

/**
 * A search field whose text lives in the URL. It searches on Enter and when it loses focus, never in the middle of a
 * Hangul letter. Give it `key={value}` so that a changed URL resets what is typed.
 */
export function SearchInput({ value, label, onSearch }: Props) {
  const { t } = useTranslation("common");
  const [text, setText] = useState(value);
  const commit = () => {
    if (text.trim() !== value) onSearch(text.trim());
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Enter") commit();
    if (event.key === "Escape") setText(value);
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKey}
      onBlur={commit}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        text === "" ? null : (
          <CloseButton
            size="sm"
            aria-label={t("action.clear")}
            onClick={() => {
              setText("");
              onSearch("");
            }}
          />
        )
      }
      w={260}
    />
  );
}
