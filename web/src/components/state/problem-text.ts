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

/** Which of our messages fits an error; the server's own detail is shown below it when it wrote one. */
export function problemKind(error: unknown): string {
  if (!isApiError(error)) return "page";
  if (error.kind === "network") return "network";
  if (error.kind === "unreadable" && error.status < 400) return "unreadable";
  return byStatus[error.status] ?? (error.status >= 500 ? "server" : "refused");
}

export function useProblemText(error: unknown): ProblemText {
  const { t } = useTranslation("common");
  const kind = problemKind(error);
  const spoken = isApiError(error) && error.kind === "problem" ? error.problem.detail : "";
  return {
    title: t(`error.${kind}.title`),
    text: spoken === "" ? t(`error.${kind}.text`) : spoken,
    hint: isApiError(error) ? error.problem.hint : null,
  };
}
