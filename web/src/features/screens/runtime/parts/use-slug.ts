import { useQuery } from "@tanstack/react-query";
import { screensQuery } from "../../queries";

/** The address of the screen with a key; null: none is named, or none is in force. */
export function useSlug(key: string | null | undefined): string | null {
  const screens = useQuery({ ...screensQuery, enabled: Boolean(key) });
  return screens.data?.find((each) => each.key === key)?.slug ?? null;
}
