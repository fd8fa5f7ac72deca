export const severities = ["debug", "info", "notice", "warning", "error", "critical"] as const;

/** A sentence for the list: the message that senders usually give, else the data in one line. */
export function summaryOf(data: unknown): string {
  if (data === null || data === undefined) return "";
  if (typeof data === "string") return data;
  if (typeof data === "object" && !Array.isArray(data)) {
    const { message, summary, title } = data as Record<string, unknown>;
    const said = [message, summary, title].find((part) => typeof part === "string" && part !== "");
    if (typeof said === "string") return said;
  }
  const text = JSON.stringify(data);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
