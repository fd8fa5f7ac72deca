import { useTranslation } from "react-i18next";
import { knownRelations, knownTypes, type RelationGroup } from "./model";

const has = (list: readonly string[], word: string) => list.includes(word);

/** Types and relations in the reader's language; what has no translation is shown as the source wrote it. */
export function useWords() {
  const { t } = useTranslation("inventory");
  return {
    typeName: (type: string) => (has(knownTypes, type) ? t(`type.${type}`) : type),
    relationName: ({ relation, direction }: Pick<RelationGroup, "relation" | "direction">) => {
      if (has(knownRelations, relation)) return t(`relation.${direction}.${relation}`);
      return direction === "out" ? `${relation} →` : `← ${relation}`;
    },
  };
}
