import { Button, SegmentedControl } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./apis.module.css";
import { type Call, type Language, languages, snippets } from "./model/snippets";

const names: Record<Language, string> = { curl: "curl", python: "Python", typescript: "TypeScript" };

/** A call to copy, in the language of the reader. */
export function Snippets({ call }: { call: Call }) {
  const { t } = useTranslation("apis");
  const clipboard = useClipboard({ timeout: 1500 });
  const [language, setLanguage] = useState<Language>("curl");
  const text = snippets[language](call);
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <div className={styles.command}>
      <SegmentedControl
        size="xs"
        aria-label={t("call.language")}
        value={language}
        onChange={(chosen) => setLanguage(languages.find((each) => each === chosen) ?? "curl")}
        data={languages.map((value) => ({ value, label: names[value] }))}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0} data-testid={language}>
        {text}
      </pre>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon size={14} aria-hidden />}
        onClick={() => clipboard.copy(text)}
      >
        {clipboard.copied ? t("common:action.copied") : t("call.copy")}
      </Button>
    </div>
  );
}
