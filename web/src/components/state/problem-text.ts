import { useTranslation } from "react-i18next";
import { isApiError } from "@/lib/api/problem";

export interface ProblemText {
  title: string;
  text: string;
  hint: string | null;
}

const byStatus: Record<number, string> = {
  401: "unauthenticated",
  403: "denied",
  404: "missing",
  409: "conflict",
  412: "conflict",
  413: "large",
  429: "limited",
  500: "server",
  502: "upstream",
  503: "unavailable",
  504: "late",
};

/** Which of our messages fits an error whose code has none; the server's own detail is shown below it when it wrote one. */
export function problemKind(error: unknown): string {
  if (!isApiError(error)) return "page";
  if (error.kind === "network") return "network";
  if (error.kind === "unreadable" && error.status < 400) return "unreadable";
  return byStatus[error.status] ?? (error.status >= 500 ? "server" : "refused");
}

/**
 * An error in the reader's language: title and hint by its code, and what the server says about this very case. The server
 * speaks English; its hint is shown to English readers, who get the more exact one by it.
 */
export function useProblemText(error: unknown): ProblemText {
  const { t, i18n } = useTranslation("common");
  // Loaded when the first error is shown; until then, and where that fails too, the message of the status stands.
  useTranslation("problems", { useSuspense: false });
  const problem = isApiError(error) && error.kind === "problem" ? error.problem : null;
  const code = problem?.code ?? "";
  const told = code !== "" && i18n.exists(`problems:${code}.title`);
  const kind = problemKind(error);
  const own = i18n.language === "en" ? (problem?.hint ?? null) : null;
  return {
    title: told ? t(`problems:${code}.title`) : t(`error.${kind}.title`),
    text: problem === null || problem.detail === "" ? t(`error.${kind}.text`) : problem.detail,
    hint: own ?? (told ? t(`problems:${code}.hint`) : (problem?.hint ?? null)),
  };
}
