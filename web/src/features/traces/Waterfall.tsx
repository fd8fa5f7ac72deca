import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import type { Trace } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { moveOf, ticksOf, type Wanted } from "./model/view";
import { SpanLine } from "./SpanLine";
import styles from "./traces.module.css";
import { type Tree, useTree } from "./use-tree";

const lineHeight = 26;

interface Props {
  trace: Trace;
  selected: string | undefined;
  onSelect(id: string): void;
}

/** The spans as a tree over a scale of time. Only the lines in view are in the page, however many there are. */
export function Waterfall({ trace, selected, onSelect }: Props) {
  const tree = useTree(trace.spans);
  return (
    <div className={styles.waterfall}>
      <Tools wanted={tree.wanted} onChange={tree.setWanted} />
      <Scale whole={trace.duration_ms} />
      <Lines tree={tree} whole={trace.duration_ms} selected={selected} onSelect={onSelect} />
    </div>
  );
}

interface LinesProps {
  tree: Tree;
  whole: number;
  selected: string | undefined;
  onSelect(id: string): void;
}

function Lines({ tree, whole, selected, onSelect }: LinesProps) {
  const { t } = useTranslation("traces");
  const { lines, at, setAt, toggle } = tree;
  const frame = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeight,
    overscan: 10,
  });
  const open = useOpen(setAt, onSelect);
  const press = (event: KeyboardEvent) => {
    const line = lines[at];
    if (event.key === "Enter" && line !== undefined) return onSelect(line.span.id);
    const move = moveOf(event.key, at, lines);
    if (move === null) return undefined;
    event.preventDefault();
    if ("open" in move) return toggle(move.open, true);
    if ("close" in move) return toggle(move.close, false);
    setAt(move.to);
    return virtualizer.scrollToIndex(move.to);
  };
  const current = lines[at];
  return (
    <div
      ref={frame}
      className={styles.lines}
      role="tree"
      aria-label={t("tree")}
      tabIndex={0}
      aria-activedescendant={current === undefined ? undefined : `span-${current.span.id}`}
      onKeyDown={press}
    >
      <div role="none" style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          return line === undefined ? null : (
            <SpanLine
              key={line.span.id}
              line={line}
              index={index}
              of={lines.length}
              top={start}
              whole={whole}
              isSelected={line.span.id === selected}
              isCurrent={index === at}
              onOpen={open}
              onToggle={toggle}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Always the same function, so that lines that stay in view while the tree scrolls are not drawn again. */
function useOpen(setAt: (index: number) => void, onSelect: (id: string) => void) {
  return useCallback(
    (index: number, id: string) => {
      setAt(index);
      onSelect(id);
    },
    [setAt, onSelect],
  );
}

function Tools({ wanted, onChange }: { wanted: Wanted; onChange(wanted: Wanted): void }) {
  const { t } = useTranslation("traces");
  return (
    <div className={styles.tools}>
      <SearchInput
        label={t("find")}
        value={wanted.text}
        onSearch={(text) => onChange({ ...wanted, text: text ?? "" })}
      />
      {(["critical", "failed"] as const).map((name) => (
        <Checkbox
          key={name}
          size="xs"
          label={t(`only.${name}`)}
          checked={wanted[name]}
          onChange={(event) => onChange({ ...wanted, [name]: event.currentTarget.checked })}
        />
      ))}
    </div>
  );
}

function Scale({ whole }: { whole: number }) {
  const { i18n } = useTranslation();
  return (
    <div className={styles.scale} aria-hidden>
      <span />
      <span />
      <span className={styles.track}>
        {ticksOf(whole).map((tick) => (
          <i key={tick} style={{ left: `${whole > 0 ? (tick / whole) * 100 : 0}%` }}>
            {showText(tick, "ms", i18n.language)}
          </i>
        ))}
      </span>
    </div>
  );
}
