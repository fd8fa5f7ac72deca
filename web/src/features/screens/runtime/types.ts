import type { components } from "@/generated/api";

export type Schemas = components["schemas"];
export type Screen = Schemas["Screen"];
export type ScreenShown = Schemas["ScreenShown"];
export type Component = NonNullable<Screen["root"]>;
export type ComponentType = NonNullable<Component["type"]>;
export type Of<T extends ComponentType> = Extract<Component, { type: T }>;
export type Query = NonNullable<Screen["data"]>[string];
export type Words = string | Schemas["Both"];

/** What a query has come to, as expressions see it. */
export interface DataState {
  value: unknown;
  rows: unknown[];
  error: string | null;
  loading: boolean;
  at: string | null;
}

export const noData: DataState = { value: null, rows: [], error: null, loading: true, at: null };
