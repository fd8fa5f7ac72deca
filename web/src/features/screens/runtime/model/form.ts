/** Whether what was filled in will do. Pure. */
import type { Component, Of } from "../types";

export type Input = Extract<
  Component,
  {
    type:
      | "input"
      | "number"
      | "select"
      | "multiselect"
      | "date"
      | "daterange"
      | "checkbox"
      | "switch"
      | "file";
  }
>;

const types = ["input", "number", "select", "multiselect", "date", "daterange", "checkbox", "switch", "file"];

export function isInput(node: Component): node is Input {
  return types.includes(node.type);
}

export type Flaw = "required" | "email" | "url" | "pattern" | "low" | "high" | "long" | "many";

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** Why a value will not do; null: it does. An empty one is only wrong where it is required. */
export function flawOf(node: Input, value: unknown, required: boolean): Flaw | null {
  if (isEmpty(value)) return required ? "required" : null;
  switch (node.type) {
    case "input":
      return textFlaw(node, String(value));
    case "number": {
      const number = Number(value);
      if (typeof node.minimum === "number" && number < node.minimum) return "low";
      return typeof node.maximum === "number" && number > node.maximum ? "high" : null;
    }
    case "multiselect":
      return typeof node.most === "number" && Array.isArray(value) && value.length > node.most
        ? "many"
        : null;
    default:
      return null;
  }
}

function textFlaw(node: Of<"input">, text: string): Flaw | null {
  if (typeof node.max_length === "number" && text.length > node.max_length) return "long";
  if (node.kind === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return "email";
  if (node.kind === "url" && !URL.canParse(text)) return "url";
  if (node.pattern && !new RegExp(`^(?:${node.pattern})$`, "u").test(text)) return "pattern";
  return null;
}

/** The inputs inside components, through everything but another form. */
export function inputsIn(nodes: readonly Component[] | undefined): Input[] {
  return (nodes ?? []).flatMap((node) => {
    if (isInput(node)) return [node];
    return "children" in node && node.type !== "form" ? inputsIn(node.children as Component[]) : [];
  });
}
