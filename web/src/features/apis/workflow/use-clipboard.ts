import { useEffect, useEffectEvent } from "react";
import { isTextField } from "@/lib/keyboard/keys";
import { type Piece, readPiece } from "../model/pieces";

interface Does {
  copy(): Piece;
  paste(piece: Piece): void;
}

/** Mod+C and Mod+V on the drawing, also from one workflow to another; text fields and chosen text keep their own. */
export function useClipboard({ copy, paste }: Does, active: boolean): void {
  const onCopy = useEffectEvent((event: ClipboardEvent) => {
    if (isTextField(event.target) || (getSelection()?.toString() ?? "") !== "") return;
    event.clipboardData?.setData("text/plain", JSON.stringify(copy()));
    event.preventDefault();
  });
  const onPaste = useEffectEvent((event: ClipboardEvent) => {
    if (isTextField(event.target)) return;
    const piece = readPiece(event.clipboardData?.getData("text/plain") ?? "");
    if (piece === null) return;
    event.preventDefault();
    paste(piece);
  });
  useEffect(() => {
    if (!active) return;
    const copied = (event: ClipboardEvent) => onCopy(event);
    const pasted = (event: ClipboardEvent) => onPaste(event);
    document.addEventListener("copy", copied);
    document.addEventListener("paste", pasted);
    return () => {
      document.removeEventListener("copy", copied);
      document.removeEventListener("paste", pasted);
    };
  }, [active]);
}
