import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import type { ItemDetail } from "@/lib/api/types";
import styles from "./inventory.module.css";
import { nameOf, relationGroups } from "./model";
import { facetQuery } from "./queries";
import { useWords } from "./use-words";

/** What the item stands on and what stands on it; each neighbour is a link. */
export function ItemRelations({ item }: { item: ItemDetail }) {
  const { t } = useTranslation("inventory");
  const { typeName, relationName } = useWords();
  const shownName = useShownName();
  const groups = relationGroups(item.id, item.relations ?? []);
  return (
    <Panel title={t("relations.title")}>
      {groups.length === 0 ? (
        <EmptyState
          kind="nothing"
          compact
          title={t("relations.none.title")}
          text={t("relations.none.text")}
        />
      ) : (
        <dl className={styles.relations}>
          {groups.map((group) => (
            <div key={group.direction + group.relation}>
              <dt>{relationName(group)}</dt>
              {group.neighbours.map(({ id, name, type }) => (
                <dd key={id}>
                  <Link to="/inventory/$itemId" params={{ itemId: id }}>
                    {shownName(id, name)}
                  </Link>{" "}
                  <span className={styles.note}>{typeName(type)}</span>
                </dd>
              ))}
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}

/** Relations tell the exact names; the list of items knows what people call them. */
function useShownName(): (id: string, name: string) => string {
  const { i18n } = useTranslation();
  const { data } = useQuery({ ...facetQuery(undefined), staleTime: 60_000 });
  return (id, name) => {
    const found = data?.items.find((item) => item.id === id);
    return found === undefined ? name : nameOf(found, i18n.language);
  };
}
