import i18next, { type i18n as I18n, type PostProcessorModule } from "i18next";
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

const loaders: Record<Language, () => Promise<{ messages: Messages }>> = {
  ko: () => import("@/locales/ko"),
  en: () => import("@/locales/en"),
};

const particles: PostProcessorModule = {
  type: "postProcessor",
  name: "particles",
  process: (value, _key, _options, translator: { language?: string }) =>
    translator.language === "ko" && value.includes("[") ? withParticles(value) : value,
};

async function load(i18n: I18n, language: Language): Promise<void> {
  if (i18n.hasResourceBundle(language, "common")) return;
  const { messages } = await loaders[language]();
  for (const [namespace, content] of Object.entries(messages))
    i18n.addResourceBundle(language, namespace, content, true, true);
}

function apply(language: Language): void {
  document.documentElement.lang = language;
}

export async function startLanguage(): Promise<void> {
  const language = firstLanguage(localStorage.getItem(kept), navigator.languages);
  await i18next
    .use(particles)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      defaultNS: "common",
      resources: {},
      postProcess: ["particles"],
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  await load(i18next, language);
  apply(language);
}

export async function chooseLanguage(language: Language): Promise<void> {
  await load(i18next, language);
  await i18next.changeLanguage(language);
  localStorage.setItem(kept, language);
  apply(language);
}
