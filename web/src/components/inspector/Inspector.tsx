import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type ReactNode, Suspense, useId } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { isComposing } from "@/lib/keyboard/keys";
import { useWindowKey } from "@/lib/keyboard/use-window-key";
import { Waiting } from "../state/Waiting";
import styles from "./inspector.module.css";
import { useInspectorPlace } from "./place";

interface Props {
  title: string;
  badges?: ReactNode;
  actions?: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/**
 * The right-hand drawer: details of the selected row beside the list. Not modal, so the list stays usable. The page keeps
 * the selection in the URL and renders this while something is selected.
 */
export function Inspector({ title, badges, actions, onClose, children }: Props) {
  const { t } = useTranslation("common");
  const id = useId();
  const place = useInspectorPlace();
  useWindowKey((event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !isComposing(event)) onClose();
  }, true);
  if (place === null) return null;
  return createPortal(
    <aside className={styles.drawer} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {badges}
        {actions}
        <ActionIcon aria-label={t("action.close")} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.body} tabIndex={0} aria-labelledby={id}>
        {/* What waits for its messages must not take the page away, and the drawer's own place with it. */}
        <Suspense fallback={<Waiting lines={3} />}>{children}</Suspense>
      </section>
    </aside>,
    place,
  );
}

/** A titled part of the drawer. */
export function InspectorSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.sectionTitle}>{title}</h3>
      {children}
    </section>
  );
}
