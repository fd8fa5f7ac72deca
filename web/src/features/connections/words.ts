import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** The word for what the server calls by a name: a type, a step of a test, a layer. A name without one stands for itself. */
export function useWord() {
  const { t, i18n } = useTranslation("connections");
  return useCallback(
    (group: "type" | "step" | "layer" | "node" | "secretField", name: string) =>
      i18n.exists(`connections:${group}.${name}`) ? t(`${group}.${name}`) : name,
    [t, i18n],
  );
}
