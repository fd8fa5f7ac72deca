/** On which terms an API is served: who may call, as a stream, begun again, paused, on its way out. Pure. */
import type { ApiDefinition, ApiDraft } from "@/lib/api/types";

export type Audience = NonNullable<NonNullable<ApiDraft["auth"]>["callers"]>;
export const audiences: readonly Audience[] = ["members", "people", "keys", "public"];

/** As they are typed: numbers stay text, a moment is a day (UTC), and an empty day is none. */
export interface Terms {
  callers: Audience;
  addressRate: string;
  streams: boolean;
  streamTimeoutMs: string;
  streamRows: string;
  streamBytes: string;
  attempts: string;
  waitMs: string;
  failures: string;
  openS: string;
  since: string;
  ends: string;
  link: string;
}

/** The whole numbers a term takes, as the server does. */
export const termNumbers = {
  addressRate: { from: 1, to: 60_000 },
  streamTimeoutMs: { from: 10, to: 600_000 },
  streamRows: { from: 1, to: 50_000_000 },
  streamBytes: { from: 1000, to: 10_000_000_000 },
  attempts: { from: 1, to: 5 },
  waitMs: { from: 10, to: 5000 },
  failures: { from: 1, to: 100 },
  openS: { from: 1, to: 3600 },
} as const;

export type TermNumber = keyof typeof termNumbers;

export const usualTerms: Terms = {
  callers: "members",
  addressRate: "60",
  streams: false,
  streamTimeoutMs: "60000",
  streamRows: "1000000",
  streamBytes: "1000000000",
  attempts: "1",
  waitMs: "100",
  failures: "5",
  openS: "60",
  since: "",
  ends: "",
  link: "",
};

const dayOf = (moment: string | null | undefined) => (moment ?? "").slice(0, 10);

export function toTerms({ auth, stream, retry, breaker, sunset }: ApiDefinition): Terms {
  const limits = stream ?? null;
  return {
    callers: auth.callers,
    addressRate: String(auth.address_rate),
    streams: limits !== null,
    streamTimeoutMs: limits === null ? usualTerms.streamTimeoutMs : String(limits.timeout_ms),
    streamRows: limits === null ? usualTerms.streamRows : String(limits.max_rows),
    streamBytes: limits === null ? usualTerms.streamBytes : String(limits.max_bytes),
    attempts: String(retry.attempts),
    waitMs: String(retry.wait_ms),
    failures: String(breaker.failures),
    openS: String(breaker.open_s),
    since: dayOf(sunset?.since),
    ends: dayOf(sunset?.ends),
    link: sunset?.link ?? "",
  };
}

const moment = (day: string) => `${day}T00:00:00Z`;

/** The parts of a draft that the terms are. */
export function fromTerms(terms: Terms): Pick<ApiDraft, "auth" | "stream" | "retry" | "breaker" | "sunset"> {
  return {
    auth: { required: true, callers: terms.callers, address_rate: Number(terms.addressRate) },
    stream: terms.streams
      ? {
          timeout_ms: Number(terms.streamTimeoutMs),
          max_rows: Number(terms.streamRows),
          max_bytes: Number(terms.streamBytes),
        }
      : null,
    retry: { attempts: Number(terms.attempts), wait_ms: Number(terms.waitMs) },
    breaker: { failures: Number(terms.failures), open_s: Number(terms.openS) },
    sunset:
      terms.since === ""
        ? null
        : {
            since: moment(terms.since),
            ends: terms.ends === "" ? null : moment(terms.ends),
            link: terms.link.trim(),
          },
  };
}

/** Terms that say nothing while another is as it is. */
export function isIdle(field: TermNumber, { callers, streams, attempts }: Terms): boolean {
  if (field === "addressRate") return callers !== "public";
  if (field === "waitMs") return attempts.trim() === "1";
  return field.startsWith("stream") && !streams;
}

function fits(field: TermNumber, text: string): boolean {
  const { from, to } = termNumbers[field];
  const value = Number(text);
  return text.trim() !== "" && Number.isInteger(value) && value >= from && value <= to;
}

export type TermNeed = "number" | "since" | "ends" | "link";

/** What stands in the way of saving, by the path of the field. */
export function termNeeds(terms: Terms): Record<string, TermNeed> {
  const needs: Record<string, TermNeed> = {};
  for (const field of Object.keys(termNumbers) as TermNumber[])
    if (!isIdle(field, terms) && !fits(field, terms[field])) needs[`terms.${field}`] = "number";
  if (terms.since === "" && (terms.ends !== "" || terms.link.trim() !== "")) needs["terms.since"] = "since";
  if (terms.ends !== "" && terms.since !== "" && terms.ends < terms.since) needs["terms.ends"] = "ends";
  if (!/^(https?:\/\/[!-~]+)?$/.test(terms.link.trim())) needs["terms.link"] = "link";
  return needs;
}
