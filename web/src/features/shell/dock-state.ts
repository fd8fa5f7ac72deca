import { useNavigate, useSearch } from "@tanstack/react-router";

export type DockTab = "problems" | "live";

export function isDockTab(value: unknown): value is DockTab {
  return value === "problems" || value === "live";
}

/** Which tab of the dock is open; it stands in the URL like every other part of the view. */
export function useDock() {
  const search: { dock?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (dock: DockTab | undefined) =>
    void navigate({ to: ".", search: (kept) => ({ ...kept, dock }), replace: true });
  const tab = isDockTab(search.dock) ? search.dock : null;
  return { tab, open: set, close: () => set(undefined) };
}
