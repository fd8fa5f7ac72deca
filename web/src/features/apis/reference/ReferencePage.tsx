import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { ApiEntry } from "@/lib/api/types";
import { useFilters } from "@/lib/navigation/use-filters";
import { groupsOf } from "../model/reference";
import { referenceOf, referenceQuery } from "../queries";
import { Article } from "./Article";
import styles from "./reference.module.css";

/** Everything that is published, for whoever wants to call it. */
export default function ReferencePage() {
  const { t } = useTranslation("apis");
  const entries = useQuery(referenceQuery);
  const { apiId } = useParams({ strict: false });
  const document = (
    <Button
      component="a"
      href="/api/v1/runtime/openapi.json"
      download="openapi.json"
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      {t("reference.openapi")}
    </Button>
  );
  return (
    <Page header={<PageHeader title={t("reference.title")} text={t("reference.text")} actions={document} />}>
      <StateView
        query={entries}
        isEmpty={(all) => all.length === 0}
        empty={
          <EmptyState kind="nothing" title={t("reference.none.title")} text={t("reference.none.text")} />
        }
      >
        {(all) => <Both entries={all} chosen={apiId ?? all[0]?.id ?? ""} />}
      </StateView>
    </Page>
  );
}

function Both({ entries, chosen }: { entries: readonly ApiEntry[]; chosen: string }) {
  const { t } = useTranslation("apis");
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const { q = "" } = filters;
  const groups = groupsOf(entries, q);
  const one = useQuery(referenceOf(chosen));
  return (
    <div className={styles.columns}>
      <Panel>
        <nav className={styles.side} aria-label={t("reference.title")}>
          <SearchInput
            key={q}
            value={q}
            label={t("reference.search")}
            onSearch={(text) => set({ q: text === "" ? undefined : text })}
          />
          {groups.length === 0 ? <p className={styles.note}>{t("reference.noMatch")}</p> : null}
          {groups.map(({ tag, entries: found }) => (
            <section key={tag ?? ""} aria-label={tag ?? t("reference.untagged")}>
              <h2 className={styles.group}>{tag ?? t("reference.untagged")}</h2>
              <ul className={styles.list}>
                {found.map(({ id, name, method, path }) => (
                  <li key={id}>
                    <Link
                      to="/apis/reference/$apiId"
                      params={{ apiId: id }}
                      search={{ q: q === "" ? undefined : q }}
                      className={styles.entry}
                      aria-current={id === chosen ? "page" : undefined}
                    >
                      {name}
                      <code>
                        {method} /runtime/{path}
                      </code>
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
      </Panel>
      <StateView query={one}>{(shown) => <Article key={shown.id} shown={shown} />}</StateView>
    </div>
  );
}
