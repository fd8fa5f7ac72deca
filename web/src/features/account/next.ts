/** Where to go after signing in. Only a path of this app: `//elsewhere` and `https://elsewhere` would lead away. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next.startsWith("/login") || next.startsWith("/setup") ? "/" : next;
}

/** The one-time token from `#token=…` or from the search parameter. */
export function setupToken(hash: string, search: string | undefined): string {
  const fromHash = new URLSearchParams(hash.replace(/^#/, "")).get("token");
  return fromHash ?? search ?? "";
}
