import { IconAlertOctagon, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { showText } from "@/lib/format/numbers";
import { barOf, type Line } from "./model/view";
import styles from "./traces.module.css";

interface Props {
  line: Line;
  index: number;
  of: number;
  top: number;
  whole: number;
  isSelected: boolean;
  isCurrent: boolean;
  onOpen(index: number, id: string): void;
  onToggle(id: string, open: boolean): void;
}

const deepest = 24;

/** A span: its place in the tree, how long it took, and when. The dark share of the bar is what everything waited for. */
export const SpanLine = memo(function SpanLine(props: Props) {
  const { line, index, of, top, whole, isSelected, isCurrent, onOpen, onToggle } = props;
  const { t, i18n } = useTranslation("traces");
  const { span, hasChildren, isOpen } = line;
  const { left, width } = barOf(span, whole);
  const took = showText(span.duration_ms, "ms", i18n.language);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around takes the keys
    <div
      id={`span-${span.id}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={span.depth + 1}
      aria-setsize={of}
      aria-posinset={index + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-label={`${span.name}, ${took}${span.error === "" ? "" : `, ${t("failedSpan", { error: span.error })}`}`}
      data-current={isCurrent || undefined}
      className={styles.line}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(index, span.id)}
    >
      <span className={styles.name} style={{ paddingInlineStart: Math.min(span.depth, deepest) * 12 }}>
        {hasChildren ? (
          // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard opens and closes with the arrows
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around takes the keys
          <span
            className={styles.toggle}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span.id, !isOpen);
            }}
          >
            <Chevron size={14} aria-hidden />
          </span>
        ) : (
          <span className={styles.toggle} />
        )}
        {span.error === "" ? null : <IconAlertOctagon size={14} className={styles.bad} aria-hidden />}
        <span className={styles.word}>{span.name}</span>
      </span>
      <span className={styles.took}>{took}</span>
      <span className={styles.track}>
        <i
          className={styles.bar}
          data-error={span.error !== "" || undefined}
          data-critical={span.critical_ms > 0 || undefined}
          style={{ left: `${left}%`, width: `max(2px, ${width}%)` }}
        />
      </span>
    </div>
  );
});
