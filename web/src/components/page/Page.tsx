import type { ReactNode } from "react";
import styles from "./page.module.css";

interface PageProps {
  header: ReactNode;
  /** The page is exactly as high as the window and its parts scroll, as with a long table. */
  fill?: boolean;
  children: ReactNode;
}

export function Page({ header, fill = false, children }: PageProps) {
  return (
    <div className={styles.page} data-fill={fill || undefined}>
      {header}
      <div className={styles.body}>{children}</div>
    </div>
  );
}

interface HeaderProps {
  title: string;
  text?: string;
  badges?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page that lists or shows something that is not one object. */
export function PageHeader({ title, text, badges, actions }: HeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <div className={styles.titleRow}>
          <h1 className={styles.title}>{title}</h1>
          {badges}
        </div>
        {text === undefined ? null : <p className={styles.text}>{text}</p>}
      </div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}

export function Toolbar({ children }: { children: ReactNode }) {
  return <div className={styles.toolbar}>{children}</div>;
}
