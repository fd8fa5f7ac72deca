import { type LinkProps, useNavigate, useRouter } from "@tanstack/react-router";

type Target = Pick<LinkProps, "to" | "params">;

/** What a list's onOpen does where a row has a page of its own: go there, or open it in a new tab. */
export function useOpen<T>(target: (row: T) => Target) {
  const navigate = useNavigate();
  const router = useRouter();
  return (row: T, newTab: boolean) => {
    const link = target(row);
    if (newTab) window.open(router.buildLocation(link as never).href, "_blank", "noopener");
    else void navigate(link as never);
  };
}
