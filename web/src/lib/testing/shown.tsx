import { MantineProvider } from "@mantine/core";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";

const files = import.meta.glob<object>("../../locales/en/*.json", { eager: true, import: "default" });

/** A component as the app would show it, in English, for tests in jsdom. */
export function shown(children: ReactNode) {
  prepare();
  return <MantineProvider env="test">{children}</MantineProvider>;
}

function prepare(): void {
  // jsdom has no media queries and lays nothing out.
  window.matchMedia ??= () => new EventTarget() as MediaQueryList;
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  if (i18next.isInitialized) return;
  const named = Object.entries(files).map(([path, messages]) => [
    path.slice(path.lastIndexOf("/") + 1, -5),
    messages,
  ]);
  void i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: false,
    defaultNS: "common",
    resources: { en: Object.fromEntries(named) },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}
