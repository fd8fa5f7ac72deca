/** A tiny signal: the HTTP client tells that the session is gone, the app decides what to do. */
export interface Signal {
  emit(): void;
  /** Returns the function that ends the subscription. */
  listen(listener: () => void): () => void;
}

export function createSignal(): Signal {
  const listeners = new Set<() => void>();
  return {
    emit() {
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const sessionLost = createSignal();
