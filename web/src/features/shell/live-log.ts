import type { StreamMessage } from "@/lib/stream/stream";

export interface LiveLine {
  key: number;
  at: Date;
  topic: string;
  text: string;
}

const keep = 200;

/** Newest first; long payloads are cut, the page they belong to shows them whole. */
export function appendLive(
  lines: LiveLine[],
  { message, at }: { message: StreamMessage; at: Date },
): LiveLine[] {
  const text = typeof message.payload === "string" ? message.payload : JSON.stringify(message.payload);
  const line = { key: (lines[0]?.key ?? 0) + 1, at, topic: message.topic, text: cut(text ?? "", 400) };
  return [line, ...lines].slice(0, keep);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
