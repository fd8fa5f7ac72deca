import type { ReactNode } from "react";
import { Mark } from "@/components/brand/Mark";
import { LanguageMenu, ThemeButton } from "@/components/brand/Preferences";
import styles from "./account.module.css";

interface Props {
  title: string;
  text: string;
  children: ReactNode;
}

/** The frame of the pages before the login. */
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
