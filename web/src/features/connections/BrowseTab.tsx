import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import type { Connection, ConnectionNode } from "@/lib/api/types";
import { Branch } from "./Branch";
import styles from "./browse.module.css";
import { type ShownItem, step } from "./model/tree";
import { NeedsVersion } from "./NeedsVersion";
import { browseQuery } from "./queries";

/** What is behind a connection, read level by level as somebody opens it. */
export function BrowseTab({ connection }: { connection: Connection }) {
  if (connection.published_version === null) return <NeedsVersion />;
  return <Tree id={connection.id} />;
}

function Tree({ id }: { id: string }) {
  const { t } = useTranslation("connections");
  const top = useQuery(browseQuery(id, ""));
  const [text, setText] = useState("");
  return (
    <Panel title={t("browse.title")} note={t("browse.note")}>
      <div className={styles.search}>
        <TextInput
          type="search"
          aria-label={t("browse.filter")}
          placeholder={t("browse.filter")}
          w={260}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <StateView
        query={top}
        compact
        isEmpty={(nodes) => nodes.length === 0}
        empty={
          <EmptyState kind="nothing" compact title={t("browse.none.title")} text={t("browse.none.text")} />
        }
      >
        {(nodes) => <Nodes id={id} nodes={nodes} text={text} />}
      </StateView>
    </Panel>
  );
}

interface NodesProps {
  id: string;
  nodes: readonly ConnectionNode[];
  text: string;
}

function Nodes({ id, nodes, text }: NodesProps) {
  const { t } = useTranslation("connections");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const flip = (path: string) => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  const onKey = (event: KeyboardEvent) => {
    const items = [...(frame.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [])];
    const here = items.indexOf(document.activeElement as HTMLElement);
    const found = step(event.key, here, items.map(shownItem));
    if (found === null) return;
    event.preventDefault();
    if (found.flip !== undefined) flip(found.flip);
    if (found.to !== undefined) items[found.to]?.focus();
  };
  return (
    <div
      ref={frame}
      role="tree"
      aria-label={t("browse.title")}
      className={styles.tree}
      tabIndex={-1}
      onKeyDown={onKey}
    >
      <Branch
        id={id}
        nodes={nodes}
        level={1}
        open={open}
        text={text}
        current={at ?? nodes[0]?.path ?? null}
        onFlip={flip}
        onFocus={setAt}
      />
    </div>
  );
}

function shownItem(item: HTMLElement): ShownItem {
  const expanded = item.getAttribute("aria-expanded");
  return {
    path: item.dataset["path"] ?? "",
    level: Number(item.getAttribute("aria-level")),
    open: expanded === null ? null : expanded === "true",
  };
}
