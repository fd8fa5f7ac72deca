import type { Stream, StreamOptions } from "@/lib/stream/stream";

/** The stream's reader is loaded when the first stream opens: the first paint does not wait for it. */
export function openLazily(options: StreamOptions): Stream {
  let stream: Stream | null = null;
  let closed = false;
  const done = import("@/lib/stream/stream").then(({ openStream }) => {
    if (closed) return undefined;
    stream = openStream(options);
    return stream.done;
  });
  return {
    close() {
      closed = true;
      stream?.close();
    },
    lastEventId: () => stream?.lastEventId() ?? options.lastEventId ?? null,
    done,
  };
}
