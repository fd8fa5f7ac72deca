interface Press {
  key: string;
  code: string;
}

/** Which row the arrow keys lead to; null where the key means something else. Letters go by place: see lib/keyboard. */
export function nextRow({ key, code }: Press, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown" || code === "KeyJ") return Math.min(count - 1, at + 1);
  if (key === "ArrowUp" || code === "KeyK") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === "PageDown") return Math.min(count - 1, at + 20);
  if (key === "PageUp") return Math.max(0, at - 20);
  return null;
}

/** Clicks on a link, a button or a field inside a row belong to it, not to the row. */
export function isOwnControl(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("a,button,input,select,textarea,label,[role=menuitem]") !== null
  );
}
