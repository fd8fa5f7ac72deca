/** Which kinds have an editor of their own, and where. Pure. */
import type { Asset } from "@/lib/api/types";

const editors: Record<string, string> = {
  rule: "/rules",
  api: "/apis",
  connection: "/connections",
  catalog: "/catalogs",
  tool: "/tools",
};

/** The kind's own page of an asset, if this build has one: `paths` are the router's. */
export function ownPage(kind: string, id: string, paths: readonly string[]): string | null {
  if (kind === "channel") return `/channels?selected=${id}`;
  const base = editors[kind];
  return base !== undefined && paths.some((path) => path.startsWith(`${base}/$`)) ? `${base}/${id}` : null;
}

/** Where a new one of the kind is made, if not here. */
export function ownNewPage(kind: string, paths: readonly string[]): string | null {
  if (kind === "channel") return "/channels";
  const base = editors[kind];
  if (base === undefined || !paths.some((path) => path.startsWith(`${base}/$`))) return null;
  return paths.includes(`${base}/new`) ? `${base}/new` : base;
}

/** What the header says of an asset. */
export function lifecycleOf({ state, published_version, draft_differs }: Asset) {
  if (state === "archived") return "archived";
  if (published_version === null) return "draft";
  return draft_differs ? "changed" : "published";
}
