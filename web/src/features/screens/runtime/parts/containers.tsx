import "@mantine/core/styles/Accordion.css";
import "@mantine/core/styles/Drawer.css";
import { Accordion, Drawer, Modal, Tabs } from "@mantine/core";
import { type ReactNode, useMemo, useSyncExternalStore } from "react";
import { EmptyState } from "@/components/state/EmptyState";
import { AroundContext, useAround, usePage } from "../page";
import styles from "../runtime.module.css";
import type { Of, Words } from "../types";
import { useRows, useWords } from "../use-bound";

function useStored(name: string | null | undefined): unknown {
  const { store } = usePage();
  return useSyncExternalStore(store.subscribe, () => (name ? store.read().state[name] : undefined));
}

function Said({ words }: { words: Words | undefined }) {
  return useWords(words);
}

export function TabsPart({ node }: { node: Of<"tabs"> }) {
  const { store, Parts } = usePage();
  const panels = node.children ?? [];
  const own = useStored(node.state);
  const first = panels[0]?.id ?? null;
  return (
    <Tabs
      {...(node.state
        ? {
            value: typeof own === "string" ? own : first,
            onChange: (value: string | null) => store.set("state", node.state ?? "", value),
          }
        : { defaultValue: first })}
      keepMounted={false}
    >
      <Tabs.List>
        {panels.map((panel) => (
          <Tabs.Tab key={panel.id} value={panel.id}>
            <Said words={panel.label} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {panels.map((panel) => (
        <Tabs.Panel key={panel.id} value={panel.id} pt="sm">
          <div className={styles.column} data-gap="medium">
            <Parts nodes={panel.children} />
          </div>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

export function AccordionPart({ node }: { node: Of<"accordion"> }) {
  const { Parts } = usePage();
  const panels = node.children ?? [];
  const items = panels.map((panel) => (
    <Accordion.Item key={panel.id} value={panel.id}>
      <Accordion.Control>
        <Said words={panel.label} />
      </Accordion.Control>
      <Accordion.Panel>
        <div className={styles.column} data-gap="medium">
          <Parts nodes={panel.children} />
        </div>
      </Accordion.Panel>
    </Accordion.Item>
  ));
  return node.many ? (
    <Accordion multiple defaultValue={node.open ?? []}>
      {items}
    </Accordion>
  ) : (
    <Accordion defaultValue={node.open?.[0] ?? null}>{items}</Accordion>
  );
}

function useOpen(node: Of<"modal"> | Of<"drawer">) {
  const { store, run } = usePage();
  const around = useAround();
  const opened = useSyncExternalStore(store.subscribe, () => store.read().open[node.id] === true);
  return {
    opened,
    onClose: () => {
      store.set("open", node.id, false);
      void run(node.on?.["close"], null, around);
    },
  };
}

const sizes = { small: "sm", medium: "lg", large: "xl" } as const;

export function ModalPart({ node }: { node: Of<"modal"> }) {
  return (
    <Modal {...useOpen(node)} title={useWords(node.label)} size={sizes[node.size ?? "medium"]}>
      <Inside node={node} />
    </Modal>
  );
}

export function DrawerPart({ node }: { node: Of<"drawer"> }) {
  return (
    <Drawer
      {...useOpen(node)}
      title={useWords(node.label)}
      position={node.side ?? "right"}
      size={sizes[node.size ?? "medium"]}
    >
      <Inside node={node} />
    </Drawer>
  );
}

function Inside({ node }: { node: Of<"modal"> | Of<"drawer"> }) {
  const { Parts } = usePage();
  return (
    <div className={styles.column} data-gap="medium">
      <Parts nodes={node.children} />
    </div>
  );
}

export function RepeatPart({ node }: { node: Of<"repeat"> }) {
  const { Parts } = usePage();
  const { rows, ready, problem } = useRows(node.items);
  const empty = useWords(node.empty);
  if (problem !== null) return <Problem text={problem} />;
  if (ready && rows.length === 0) return <Nothing text={empty} />;
  return (
    <div className={node.direction === "row" ? styles.row : styles.column} data-gap={node.gap} data-wrap>
      {rows.slice(0, node.most ?? 100).map((item, index) => (
        <Each key={String(item[node.key ?? "id"] ?? index)} item={item} index={index}>
          <Parts nodes={node.children} />
        </Each>
      ))}
    </div>
  );
}

function Each({
  item,
  index,
  children,
}: {
  item: Record<string, unknown>;
  index: number;
  children: ReactNode;
}) {
  const outer = useAround();
  const around = useMemo(() => ({ ...outer, item, index }), [outer, item, index]);
  return <AroundContext.Provider value={around}>{children}</AroundContext.Provider>;
}

export function Nothing({ text }: { text: string }) {
  return <EmptyState kind="nothing" compact {...(text === "" ? {} : { title: text, text: "" })} />;
}

/** Why an expression gave nothing, where its value would stand. */
export function Problem({ text }: { text: string }) {
  return (
    <p role="alert" className={styles.failed}>
      {text}
    </p>
  );
}
