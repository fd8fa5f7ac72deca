import { Alert } from "@mantine/core";
import { IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { CatalogDiff, CatalogScan } from "@/lib/api/types";
import styles from "./catalogs.module.css";
import { type Change, candidateText, opOf, placeOf, sidesOf } from "./model/diff";
import { scanDiffQuery } from "./queries";
import { isLive } from "./words";

/** What one scan found changed, and what it could not look into. */
export function ScanDiff({ scan }: { scan: CatalogScan }) {
  const { t } = useTranslation("catalogs");
  return (
    <Panel fill title={t("diff.title")}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.detailBody} tabIndex={0} aria-label={t("diff.title")}>
        {scan.cause === null ? null : (
          <Alert color="danger" variant="light" title={t(`scan.status.${scan.status}`)}>
            {scan.cause}
          </Alert>
        )}
        {scan.problems.map(({ schema_name, cause }) => (
          <Alert key={schema_name} color="yellow" variant="light" title={schema_name}>
            {cause}
          </Alert>
        ))}
        {scan.status === "succeeded" ? (
          <Compared scan={scan} />
        ) : (
          <p className={styles.note}>{isLive(scan) ? t("diff.running") : t("diff.notKept")}</p>
        )}
      </section>
    </Panel>
  );
}

function Compared({ scan }: { scan: CatalogScan }) {
  const diff = useQuery(scanDiffQuery(scan.catalog_id, scan.id));
  return (
    <StateView query={diff} compact>
      {(found) => <Changes diff={found} />}
    </StateView>
  );
}

function Changes({ diff }: { diff: CatalogDiff }) {
  const { t } = useTranslation("catalogs");
  const { changes = [], candidates = [], counts = {} } = diff;
  if (changes.length === 0)
    return <EmptyState kind="healthy" compact title={t("diff.same.title")} text={t("diff.same.text")} />;
  return (
    <>
      <p className={styles.note}>
        {diff.against === null ? `${t("diff.first")} ` : ""}
        {Object.entries(counts)
          .map(([kind, count]) => `${t(`change.${kind}`)} ${count}`)
          .join(" · ")}
      </p>
      {candidates.length === 0 ? null : (
        <Alert color="yellow" variant="light" title={t("diff.renamed")}>
          <ul className={styles.clashes}>
            {candidates.map((each) => (
              <li key={candidateText(each)}>
                <code>{candidateText(each)}</code>{" "}
                <span className="num">
                  {t("diff.likeness", { percent: Math.round(each.likeness * 100) })}
                </span>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <ul className={styles.changes} aria-label={t("diff.title")}>
        {changes.map((change) => (
          <ChangeLine key={`${change.kind} ${placeOf(change)} ${sidesOf(change)}`} change={change} />
        ))}
      </ul>
      {diff.truncated ? <p className={styles.note}>{t("diff.truncated")}</p> : null}
    </>
  );
}

const icons = { added: IconPlus, removed: IconMinus, changed: IconPencil } as const;

function ChangeLine({ change }: { change: Change }) {
  const { t } = useTranslation("catalogs");
  const op = opOf(change);
  const Icon = icons[op];
  const sides = sidesOf(change);
  return (
    <li data-op={op}>
      <Icon size={14} aria-hidden />
      <span>
        <code>{placeOf(change)}</code> {t(`change.${change.kind}`)}{" "}
        {sides === "" ? null : <code className={styles.note}>{sides}</code>}
      </span>
    </li>
  );
}
