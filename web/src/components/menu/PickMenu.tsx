import type { Icon } from "@tabler/icons-react";
import type { ComponentProps, KeyboardEvent, ReactNode } from "react";
import { isComposing } from "@/lib/keyboard/keys";
import { focusAfter } from "./focus";
import styles from "./menu.module.css";
import { Popup } from "./Popup";

export interface PickItem {
  key: string;
  label: string;
  icon?: Icon | undefined;
  /** The chosen one of several; shown, and said. */
  current?: boolean;
  lang?: string;
  onPick(): void;
}

interface Props {
  /** The button; it must pass the given props on. */
  trigger: ComponentProps<typeof Popup>["trigger"];
  label: string;
  items: readonly PickItem[];
  header?: ReactNode;
}

/** A short menu for the frame of the app. */
export function PickMenu({ trigger, label, items, header }: Props) {
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    if (isComposing(event.nativeEvent)) return;
    const entries = [...event.currentTarget.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = focusAfter(event.key, at, entries.length);
    if (next === null) return;
    event.preventDefault();
    entries[next]?.focus();
  };
  return (
    <Popup kind="menu" trigger={trigger}>
      {(close) => (
        <>
          {header}
          <div role="menu" aria-label={label} className={styles.menu} onKeyDown={onKey} tabIndex={-1}>
            {items.map(({ key, label: text, icon: ItemIcon, current, lang, onPick }) => (
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is menuitemradio wherever aria-checked is given
              <button
                key={key}
                type="button"
                role={current === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={current}
                lang={lang}
                className={styles.item}
                onClick={() => {
                  close();
                  onPick();
                }}
              >
                {ItemIcon === undefined ? null : <ItemIcon size={16} stroke={1.6} aria-hidden />}
                {text}
              </button>
            ))}
          </div>
        </>
      )}
    </Popup>
  );
}
