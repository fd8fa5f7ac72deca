import type { ComponentProps, KeyboardEvent, SubmitEvent } from "react";
import { isComposing } from "@/lib/keyboard/keys";

/**
 * A form that Enter submits, except while a Hangul letter is still being put together. A dialog's form submits itself alone:
 * events of a portal go up React's tree, where the dialog may well stand inside another form.
 */
export function ImeForm({ onKeyDown, onSubmit, ...rest }: ComponentProps<"form">) {
  const guard = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && isComposing(event.nativeEvent)) event.preventDefault();
    onKeyDown?.(event);
  };
  const alone = (event: SubmitEvent<HTMLFormElement>) => {
    event.stopPropagation();
    onSubmit?.(event);
  };
  return <form noValidate {...rest} onKeyDown={guard} onSubmit={alone} />;
}
