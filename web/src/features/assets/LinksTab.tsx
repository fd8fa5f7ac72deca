import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKindName, useRoleName } from "@/components/lifecycle/use-kind-name";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { Waiting } from "@/components/state/Waiting";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { AssetDetail, AssetLink } from "@/lib/api/types";
import styles from "./assets.module.css";
import { graphQuery, linksQuery } from "./queries";

const LinkGraph = lazy(() => import("./LinkGraph"));

/** What the asset uses and who uses it: as lists, or as a graph of some steps around it. */
export function LinksTab({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const navigate = useNavigate();
  const search: { as?: string | undefined } = useSearch({ strict: false });
  const graph = search.as === "graph";
  return (
    <div className={styles.stack}>
      <SegmentedControl
        aria-label={t("links.as")}
        size="xs"
        className={styles.start ?? ""}
        value={graph ? "graph" : "list"}
        onChange={(next) =>
          void navigate({
            to: ".",
            search: (kept) => ({ ...kept, as: next === "list" ? undefined : next }),
            replace: true,
          })
        }
        data={[
          { value: "list", label: t("links.list") },
          { value: "graph", label: t("links.graph") },
        ]}
      />
      {graph ? <Graph asset={asset} /> : <Lists asset={asset} />}
    </div>
  );
}

function Lists({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const links = useQuery(linksQuery(asset.id));
  return (
    <StateView query={links}>
      {({ uses, used_by, hidden }) => (
        <div className={styles.halves}>
          <Panel title={t("links.uses")} note={t("links.usesNote")}>
            <LinkList links={uses} none={t("links.usesNone")} />
          </Panel>
          <Panel
            title={t("links.usedBy")}
            note={hidden === 0 ? undefined : t("links.hidden", { count: hidden })}
          >
            <LinkList links={used_by} none={t("links.usedByNone")} />
          </Panel>
        </div>
      )}
    </StateView>
  );
}

function LinkList({ links, none }: { links: readonly AssetLink[]; none: string }) {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  const roleName = useRoleName();
  if (links.length === 0)
    return <EmptyState kind="nothing" compact title={none} text={t("links.noneText")} />;
  return (
    <ul className={styles.outcomes}>
      {links.map((link) => (
        <li key={`${link.kind}/${link.key} ${link.pointer} ${link.version}`}>
          <span className={styles.grow}>
            <span>
              {link.asset_id === null ? (
                <code>{link.key}</code>
              ) : (
                <Link
                  className={styles.link}
                  to="/assets/$assetId"
                  params={{ assetId: link.asset_id }}
                  search={{ tab: "links" }}
                >
                  {link.name ?? link.key}
                </Link>
              )}{" "}
              <span className={styles.note}>{kindName(link.kind)}</span>
            </span>
            <span className={styles.note}>
              {roleName(link.role)} · <code>{link.pointer}</code>
              {link.needs.length === 0 ? null : <> · {t("links.needs", { needs: link.needs.join(", ") })}</>}
              {link.version === 0
                ? ` · ${t("links.inDraft")}`
                : ` · ${t("common:object.version", { version: link.version })}`}
            </span>
          </span>
          {link.broken === null || link.broken === undefined ? null : (
            <StatusBadge plain tone="critical" label={t(`links.${link.broken}`)} />
          )}
        </li>
      ))}
    </ul>
  );
}

const depths = ["1", "2", "3", "4", "5", "6"];

function Graph({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const [depth, setDepth] = useState(2);
  const graph = useQuery(graphQuery(asset.id, depth));
  return (
    <Panel
      title={t("links.graph")}
      note={
        graph.data?.truncated === true ? t("links.truncated", { count: graph.data.nodes.length }) : undefined
      }
      actions={
        <NativeSelect
          size="xs"
          aria-label={t("links.depth")}
          value={String(depth)}
          onChange={(event) => setDepth(Number(event.currentTarget.value))}
          data={depths.map((value) => ({ value, label: t("links.steps", { count: Number(value) }) }))}
        />
      }
    >
      <StateView
        query={graph}
        isEmpty={({ nodes }) => nodes.length <= 1}
        empty={<EmptyState kind="nothing" title={t("links.alone")} text={t("links.noneText")} />}
      >
        {(found) => (
          <Suspense fallback={<Waiting />}>
            <LinkGraph key={`${asset.id} ${depth}`} graph={found} />
          </Suspense>
        )}
      </StateView>
    </Panel>
  );
}
