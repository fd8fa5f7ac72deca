import { Switch, TagsInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./catalogs.module.css";
import { type Language, wordPointer, wordsOf } from "./model/words";
import type { WordsEditing } from "./use-words";

interface Props {
  table: string;
  /** Null: the table itself. */
  column: string | null;
  editing: WordsEditing;
}

const languages: readonly Language[] = ["ko", "en"];

/** Whether it is used, and what people call it, in both languages side by side. */
export function WordFields({ table, column, editing }: Props) {
  const { t } = useTranslation("catalogs");
  const { content, readOnly, edit } = editing;
  const words = wordsOf(content, table, column);
  return (
    <div className={styles.words}>
      {column === null ? (
        <Switch
          label={t("words.enabled")}
          description={t("words.enabledText")}
          checked={words.enabled}
          disabled={readOnly}
          onChange={(event) => edit(wordPointer(table, null, "enabled"), event.currentTarget.checked)}
        />
      ) : null}
      <div className={styles.languages}>
        {languages.map((language) => (
          <div key={language} className={styles.language}>
            <Textarea
              label={t(`words.${language}.description`)}
              autosize
              minRows={1}
              maxRows={6}
              maxLength={2000}
              readOnly={readOnly}
              value={words.description[language]}
              onChange={(event) =>
                edit(wordPointer(table, column, `description/${language}`), event.currentTarget.value)
              }
            />
            <TagsInput
              label={t(`words.${language}.synonyms`)}
              maxTags={30}
              readOnly={readOnly}
              value={words.synonyms[language]}
              onChange={(all) => edit(wordPointer(table, column, `synonyms/${language}`), all)}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
