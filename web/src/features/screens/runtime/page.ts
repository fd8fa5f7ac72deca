import { type ComponentType, createContext, useContext } from "react";
import type { createApi } from "@/lib/api/client";
import type { Chain } from "./model/chain";
import type { PageStore } from "./model/page-store";
import type { Component, ScreenShown } from "./types";

export type Client = ReturnType<typeof createApi>;

/** What every part of a page can reach. */
export interface PageAccess {
  shown: ScreenShown;
  /** The one client, allowed no more than the screen declares. */
  api: Client;
  store: PageStore;
  language: "ko" | "en";
  run(chain: Chain | undefined, event: unknown, around: Around): Promise<boolean>;
  refresh(names: readonly string[]): void;
  /** Renders components; containers get it from here. */
  Parts: ComponentType<{ nodes: readonly Component[] | undefined }>;
}

/** Values of the places around a component: `item` and `index` in a list, `values` in a form. */
export type Around = Readonly<Record<string, unknown>>;

export const PageContext = createContext<PageAccess | null>(null);
export const AroundContext = createContext<Around>({});

export function usePage(): PageAccess {
  const page = useContext(PageContext);
  if (page === null) throw new Error("a part of a screen outside its page");
  return page;
}

export function useAround(): Around {
  return useContext(AroundContext);
}
