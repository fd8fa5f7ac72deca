import { useClickOutside } from "@mantine/hooks";
import { type FocusEvent, type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { isComposing } from "@/lib/keyboard/keys";
import styles from "./menu.module.css";

interface TriggerProps {
  "aria-expanded": boolean;
  "aria-haspopup": "menu" | "dialog";
  onClick(): void;
}

interface Props {
  kind: "menu" | "dialog";
  /** The button; it gets what opens the popup. */
  trigger(props: TriggerProps): ReactNode;
  children(close: () => void): ReactNode;
}

/**
 * What opens under a button of the frame. These buttons stand at the top right, so plain CSS places it; the library's
 * positioning engine is a seventh of the whole size budget and stays with the pages that need it.
 */
export function Popup({ kind, trigger, children }: Props) {
  const [opened, setOpened] = useState(false);
  const place = useClickOutside<HTMLSpanElement>(() => setOpened(false));
  const returnTo = useRef<HTMLElement | null>(null);
  const close = () => {
    setOpened(false);
    returnTo.current?.focus();
  };
  const toggle = () => {
    returnTo.current = document.activeElement as HTMLElement | null;
    setOpened(!opened);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!opened || event.key !== "Escape" || isComposing(event.nativeEvent)) return;
    // The inspector listens for Escape too; one press closes one thing.
    event.preventDefault();
    close();
  };
  const onBlur = (event: FocusEvent<HTMLSpanElement>) => {
    const to = event.relatedTarget;
    if (to !== null && !event.currentTarget.contains(to)) setOpened(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what its button and its popup do
    <span ref={place} className={styles.anchor} onKeyDown={onKey} onBlur={onBlur}>
      {trigger({ "aria-expanded": opened, "aria-haspopup": kind, onClick: toggle })}
      {opened ? (
        <div className={styles.popup} ref={focusFirst}>
          {children(close)}
        </div>
      ) : null}
    </span>
  );
}

function focusFirst(popup: HTMLElement | null): void {
  popup?.querySelector<HTMLElement>("[aria-checked=true], button, input")?.focus();
}
