import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { ItemDetail } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "./inventory.module.css";
import { attributeText } from "./model";
import { useWords } from "./use-words";

/** What is known of the item, its source's own attributes last. */
export function ItemFacts({ item }: { item: ItemDetail }) {
  const { t, i18n } = useTranslation("inventory");
  const { typeName } = useWords();
  const size = (bytes: number) => showText(bytes, "bytes", i18n.language);
  const attributes = Object.entries(item.attributes).flatMap(([name, value]): [string, string][] => {
    const text = attributeText(name, value, size);
    return text === null ? [] : [[name, text]];
  });
  return (
    <Panel title={t("facts")}>
      <div className={styles.inner}>
        <Pairs
          pairs={[
            [t("field.name"), <CopyText key="name" text={item.name} />],
            [t("field.type"), typeName(item.type)],
            ...list(t("field.aliases"), item.aliases),
            ...list(t("field.addresses"), item.addresses),
            ...attributes,
            [t("field.source"), item.source],
            [t("field.since"), <TimeAgo key="since" at={item.created_at} />],
            [t("field.changed"), <TimeAgo key="changed" at={item.updated_at} />],
            [t("field.id"), <CopyText key="id" text={item.id} />],
          ]}
        />
      </div>
    </Panel>
  );
}

function list(label: string, words: readonly string[]): [string, string][] {
  return words.length === 0 ? [] : [[label, words.join(", ")]];
}
