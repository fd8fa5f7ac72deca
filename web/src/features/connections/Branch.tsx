import {
  IconBraces,
  IconChartLine,
  IconChevronRight,
  IconColumns,
  IconDatabase,
  IconEye,
  IconFile,
  IconKey,
  IconTable,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ConnectionNode } from "@/lib/api/types";
import styles from "./browse.module.css";
import { fits, shownNodes } from "./model/tree";
import { browseQuery } from "./queries";
import { useWord } from "./words";

const icons: Record<string, typeof IconFile> = {
  schema: IconDatabase,
  table: IconTable,
  view: IconEye,
  column: IconColumns,
  file: IconFile,
  prefix: IconBraces,
  key: IconKey,
};

interface Props {
  id: string;
  nodes: readonly ConnectionNode[];
  level: number;
  open: ReadonlySet<string>;
  /** Of the nodes at the top only those with this in their name. */
  text: string;
  /** The one that Tab reaches. */
  current: string | null;
  onFlip(path: string): void;
  onFocus(path: string): void;
}

/** One level of the tree. */
export function Branch(props: Props) {
  const { nodes, level, open, text, current, onFlip, onFocus } = props;
  const { t } = useTranslation("connections");
  const fitting = level === 1 ? nodes.filter((node) => fits(node, text)) : nodes;
  const shown = fitting.slice(0, shownNodes);
  const reachable = shown.some(({ path }) => path === current) || level > 1 ? current : shown[0]?.path;
  return (
    <>
      {shown.map((node) => {
        const expanded = node.leaf ? undefined : open.has(node.path);
        return (
          <Fragment key={node.path}>
            <div
              role="treeitem"
              aria-level={level}
              aria-expanded={expanded}
              aria-selected={node.path === current}
              data-path={node.path}
              tabIndex={node.path === reachable ? 0 : -1}
              className={styles.node}
              style={{ paddingInlineStart: level * 18 - 6 }}
              onFocus={() => onFocus(node.path)}
              onClick={() => {
                if (!node.leaf) onFlip(node.path);
              }}
              onKeyDown={(event) => {
                if ((event.key === "Enter" || event.key === " ") && !node.leaf) {
                  event.preventDefault();
                  onFlip(node.path);
                }
              }}
            >
              <Label node={node} expanded={expanded} />
            </div>
            {expanded === true ? <Below {...props} at={node.path} /> : null}
          </Fragment>
        );
      })}
      {fitting.length > shown.length ? (
        <div role="none" className={styles.more} style={{ paddingInlineStart: level * 18 + 12 }}>
          {t("browse.more", { count: fitting.length - shown.length })}
        </div>
      ) : null}
    </>
  );
}

function Label({ node, expanded }: { node: ConnectionNode; expanded: boolean | undefined }) {
  const word = useWord();
  const Icon = icons[node.kind] ?? (node.leaf ? IconColumns : IconChartLine);
  return (
    <>
      <IconChevronRight
        size={14}
        aria-hidden
        className={styles.arrow}
        data-open={expanded}
        data-leaf={expanded === undefined || undefined}
      />
      <Icon size={15} stroke={1.6} aria-hidden className={styles.icon} />
      <span className={styles.name}>{node.name}</span>
      <span className={styles.kind}>{word("node", node.kind)}</span>
      <span className={styles.detail}>{node.detail}</span>
    </>
  );
}

function Below({ at, ...props }: Props & { at: string }) {
  const { t } = useTranslation("connections");
  const found = useQuery(browseQuery(props.id, at));
  const indent = { paddingInlineStart: props.level * 18 + 30 };
  if (found.data !== undefined && found.data.length > 0)
    return <Branch {...props} nodes={found.data} level={props.level + 1} />;
  return (
    <div role="none" className={styles.more} style={indent}>
      {found.error !== null ? (
        <ProblemNotice error={found.error} />
      ) : (
        t(found.isPending ? "common:state.loading" : "browse.empty")
      )}
    </div>
  );
}
