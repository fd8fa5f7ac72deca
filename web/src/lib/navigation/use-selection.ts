import { useNavigate, useSearch } from "@tanstack/react-router";

/** The selected row of a list, in the URL: a link to the page opens the same details. */
export function useSelection() {
  const { selected }: { selected?: string | undefined } = useSearch({ strict: false });
  const navigate = useNavigate();
  const select = (id: string | undefined) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, selected: id }),
      replace: selected !== undefined,
    });
  return { selected, select, clear: () => select(undefined) };
}

/** What a table's onOpen does for a list with an inspector: select here, or open the same view in a new tab. */
export function openSelected(select: (id: string) => void) {
  return ({ id }: { id: string }, newTab: boolean) => {
    if (!newTab) return select(id);
    const url = new URL(window.location.href);
    url.searchParams.set("selected", id);
    window.open(url, "_blank", "noopener");
  };
}
