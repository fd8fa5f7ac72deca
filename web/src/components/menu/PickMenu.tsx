import { Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Icon } from "@tabler/icons-react";
import { cloneElement, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { isComposing } from "@/lib/keyboard/keys";
import { focusAfter } from "./focus";
import styles from "./menu.module.css";

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
  /** A button; it opens the menu. */
  target: ReactElement<{ onClick?: () => void; "aria-expanded"?: boolean; "aria-haspopup"?: "menu" }>;
  label: string;
  items: readonly PickItem[];
  header?: ReactNode;
}

/** A short menu for the frame of the app. The library's own menu brings a search field and costs a fifteenth of the budget. */
export function PickMenu({ target, label, items, header }: Props) {
  const [opened, { toggle, close }] = useDisclosure(false);
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
    <Popover
      opened={opened}
      onDismiss={close}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
      withRoles={false}
    >
      <Popover.Target>
        {cloneElement(target, { onClick: toggle, "aria-expanded": opened, "aria-haspopup": "menu" })}
      </Popover.Target>
      <Popover.Dropdown p={4}>
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
              data-autofocus={current === true || undefined}
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
      </Popover.Dropdown>
    </Popover>
  );
}
