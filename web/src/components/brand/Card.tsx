import type { ReactNode } from "react";
import styles from "./card.module.css";
import { Mark } from "./Mark";
import { LanguageMenu, ThemeButton } from "./Preferences";

interface Props {
  title: string;
  text: string;
  children: ReactNode;
}

/** The frame of pages that stand alone: those before the login, and what a link leads to. */
export function Card({ title, text, children }: Props) {
  return (
    <div className={styles.page}>
      <div className={styles.tools}>
        <LanguageMenu />
        <ThemeButton />
      </div>
      <main className={styles.card}>
        <div className={styles.brand}>
          <Mark size={28} />
          <span>Opsloom</span>
        </div>
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.text}>{text}</p>
        {children}
      </main>
    </div>
  );
}
