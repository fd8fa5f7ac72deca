import type { AssetDetail, TemplateContent } from "@/lib/api/types";
import { isObject, type JsonObject } from "@/lib/json/pointer";

export interface Template {
  name: string;
  content: TemplateContent;
}

/** A template as it is edited; a new one shows what can be said. */
export function templateOf(asset: AssetDetail | undefined): Template {
  if (asset === undefined) return { name: "", content: { description: "", ...starting } };
  const { ko, en, description } = asset.content as JsonObject;
  return {
    name: asset.name,
    content: {
      description: typeof description === "string" ? description : "",
      ko: wordsOf(ko),
      en: wordsOf(en),
    },
  };
}

const starting = {
  ko: {
    title: "[{{ alert.severity }}] {{ alert.title }}",
    text: "{{ alert.description }}\n규칙: {{ alert.rule }} ({{ alert.key }})\n열기: {{ link }}\n확인 처리: {{ acknowledge }}",
  },
  en: {
    title: "[{{ alert.severity }}] {{ alert.title }}",
    text: "{{ alert.description }}\nRule: {{ alert.rule }} ({{ alert.key }})\nOpen: {{ link }}\nAcknowledge: {{ acknowledge }}",
  },
};

function wordsOf(value: unknown): { title: string; text: string } {
  const { title, text } = isObject(value) ? value : {};
  return { title: typeof title === "string" ? title : "", text: typeof text === "string" ? text : "" };
}
