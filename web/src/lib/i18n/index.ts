import i18next, { type BackendModule, type PostProcessorModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { withParticles } from "./particles";

export const languages = ["ko", "en"] as const;
export type Language = (typeof languages)[number];
type Messages = Record<string, object>;

const kept = "opsloom-language";

export function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language);
}

/** The language to begin with: the one chosen before, else the browser's first that we speak, else English. */
export function firstLanguage(stored: string | null, wanted: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    if (isLanguage(base)) return base;
  }
  return "en";
}

const frames: Record<Language, () => Promise<{ messages: Messages }>> = {
  ko: () => import("@/locales/ko"),
  en: () => import("@/locales/en"),
};
const pages = import.meta.glob<object>("../../locales/*/*.json", { import: "default" });

async function read(language: string, namespace: string): Promise<object> {
  if (!isLanguage(language)) throw new Error(`no such language: ${language}`);
  const { messages } = await frames[language]();
  const found = messages[namespace] ?? (await pages[`../../locales/${language}/${namespace}.json`]?.());
  if (found === undefined) throw new Error(`no such messages: ${language}/${namespace}`);
  return found;
}

/** A namespace is loaded when a component first asks for it; until then React suspends that component. */
const files: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    read(language, namespace).then(
      (content) => done(null, content),
      (error: Error) => done(error, null),
    );
  },
};

const particles: PostProcessorModule = {
  type: "postProcessor",
  name: "particles",
  process: (value, _key, _options, translator: { language?: string }) =>
    translator.language === "ko" && value.includes("[") ? withParticles(value) : value,
};

function apply(language: Language): void {
  document.documentElement.lang = language;
}

export async function startLanguage(): Promise<void> {
  const language = firstLanguage(localStorage.getItem(kept), navigator.languages);
  await i18next
    .use(files)
    .use(particles)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      defaultNS: "common",
      ns: ["common", "nav", "shell"],
      postProcess: ["particles"],
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  apply(language);
}

export async function chooseLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  localStorage.setItem(kept, language);
  apply(language);
}
