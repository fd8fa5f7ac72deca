import { createContext } from "react";

interface FormValues {
  values: Readonly<Record<string, unknown>>;
  flaws: Readonly<Record<string, string>>;
  write(id: string, value: unknown): void;
}

/** The form around an input; null: it writes to the page's state. */
export const FormContext = createContext<FormValues | null>(null);
