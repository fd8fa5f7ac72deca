import type { Tone } from "@/theme/status";

export interface Toast {
  tone: Tone;
  title: string;
  text?: string;
}

/** Said in passing: "saved", "sent". The library behind it is loaded with the first one; a failure stays by its button instead. */
let wanted = false;
const listeners = new Set<() => void>();

export const toastWanted = {
  read: () => wanted,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export async function toast({ tone, title, text }: Toast): Promise<void> {
  wanted = true;
  for (const listener of listeners) listener();
  const { show } = await import("./ToastHost");
  show({ tone, title, ...(text === undefined ? {} : { text }) });
}
