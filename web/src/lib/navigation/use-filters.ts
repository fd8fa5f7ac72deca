import { useNavigate, useSearch } from "@tanstack/react-router";

/** The filters of a list, in the URL: a link to the page restores them. `set` with undefined takes one away. */
export function useFilters<S extends object>() {
  const found: object = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = (change: Partial<S>) =>
    void navigate({ to: ".", search: (kept: object) => ({ ...kept, ...change }) as never });
  return { filters: found as S, set };
}
