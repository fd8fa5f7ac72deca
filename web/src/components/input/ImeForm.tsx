import type { ComponentProps, KeyboardEvent } from "react";
import { isComposing } from "@/lib/keyboard/keys";

/** A form that Enter submits, except while a Hangul letter is still being put together. */
export function ImeForm({ onKeyDown, ...rest }: ComponentProps<"form">) {
  const guard = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && isComposing(event.nativeEvent)) event.preventDefault();
    onKeyDown?.(event);
  };
  return <form noValidate {...rest} onKeyDown={guard} />;
}
