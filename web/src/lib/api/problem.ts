/** What the server says when it refuses: RFC 9457 with our own members. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  traceId: string | null;
  hint: string | null;
  errors: FieldError[];
  retryAfterS: number | null;
  /** Further members of the document, as they came. */
  members: Readonly<Record<string, unknown>>;
}

export interface FieldError {
  /** Dotted path in the request body, "" for the body itself. */
  path: string;
  /** The JSON pointer as the server gave it; "" where it gave none. */
  pointer: string;
  message: string;
}

/** How a request failed, in the words the screens tell apart. */
export type FailureKind = "network" | "unreadable" | "problem";

export class ApiError extends Error {
  readonly kind: FailureKind;
  readonly problem: Problem;

  constructor(kind: FailureKind, problem: Problem) {
    super(problem.detail === "" ? problem.title : problem.detail);
    this.name = "ApiError";
    this.kind = kind;
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldPath(location: unknown): string {
  if (typeof location === "string")
    return location
      .replace(/^\//, "")
      .replace(/^body(\/|$)/, "")
      .replaceAll("/", ".");
  if (!Array.isArray(location)) return "";
  const parts = location.map(String);
  return (parts[0] === "body" ? parts.slice(1) : parts).join(".");
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((entry) => ({
    path: fieldPath(entry["loc"] ?? entry["pointer"] ?? entry["field"] ?? entry["path"]),
    pointer: text(entry["pointer"]) ?? "",
    message: text(entry["message"]) ?? text(entry["msg"]) ?? text(entry["detail"]) ?? "",
  }));
}

/** Seconds from a Retry-After header, given as a number or as a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds) && header.trim() !== "") return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1000));
}

function blank(status: number, code: string, traceId: string | null): Problem {
  return {
    title: "",
    status,
    detail: "",
    code,
    traceId,
    hint: null,
    errors: [],
    retryAfterS: null,
    members: {},
  };
}

/** The connection failed before any answer came. */
export function networkError(): ApiError {
  return new ApiError("network", blank(0, "network_lost", null));
}

/**
 * Turns an answer that is not 2xx, or not what was promised, into an ApiError.
 * A proxy's HTML page or an empty body becomes kind "unreadable": its text is never shown to the user.
 */
export function errorFrom(
  response: { status: number; headers: Headers },
  body: string,
  now: number = Date.now(),
): ApiError {
  const traceId = response.headers.get("x-trace-id");
  const wait = retryAfter(response.headers.get("retry-after"), now);
  const parsed = parseRecord(body);
  if (parsed === null || text(parsed["code"]) === null) {
    const problem = blank(response.status, "unreadable_answer", traceId);
    return new ApiError("unreadable", { ...problem, retryAfterS: wait });
  }
  return new ApiError("problem", {
    title: text(parsed["title"]) ?? "",
    status: response.status,
    detail: text(parsed["detail"]) ?? "",
    code: text(parsed["code"]) ?? "",
    traceId: text(parsed["trace_id"]) ?? traceId,
    hint: text(parsed["hint"]),
    errors: fieldErrors(parsed["errors"]),
    retryAfterS: wait,
    members: parsed,
  });
}

function parseRecord(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

/** The errors of a form, by field; what belongs to no known field comes back under "". */
export function formErrors(error: unknown, fields: readonly string[]): Record<string, string> {
  if (!isApiError(error)) return {};
  const found: Record<string, string> = {};
  for (const { path, message } of error.problem.errors) {
    const name = fields.find((field) => path === field || path.startsWith(`${field}.`)) ?? "";
    found[name] ??= message;
  }
  return found;
}
