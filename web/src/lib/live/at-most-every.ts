export interface Gate {
  call(everyMs: number, run: () => void): void;
  stop(): void;
}

/**
 * Runs at once, then at most once in `everyMs`. A call in between is not lost: the last one runs when the time is over, so
 * that what happened right after a refresh is shown too.
 */
export function atMostEvery(): Gate {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const go = (run: () => void) => {
    timer = undefined;
    last = Date.now();
    run();
  };
  return {
    call(everyMs, run) {
      clearTimeout(timer);
      const wait = last + everyMs - Date.now();
      if (wait <= 0) go(run);
      else timer = setTimeout(() => go(run), wait);
    },
    stop: () => clearTimeout(timer),
  };
}
