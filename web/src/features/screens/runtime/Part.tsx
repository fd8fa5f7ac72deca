import { Component as ReactComponent, type ReactNode, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { toneColor } from "@/theme/status";
import { AccordionPart, DrawerPart, ModalPart, RepeatPart, TabsPart } from "./parts/containers";
import { DataPart } from "./parts/data-part";
import { DisplayPart } from "./parts/display";
import { FormPart } from "./parts/form";
import { InputPart, isInput } from "./parts/inputs";
import styles from "./runtime.module.css";
import type { Component } from "./types";
import { useTruth } from "./use-bound";
import { useTone } from "./use-tones";

/** One component of a page: hidden, disabled and coloured as it says; what fails in it stays in it. */
export function Part({ node }: { node: Component }) {
  const width = useWidth();
  const at = node.at?.[width];
  const shown = useTruth(node.visible, true) && at?.hidden !== true;
  const disabled = useTruth(node.disabled, false);
  const tone = useTone(node.tones);
  if (!shown) return null;
  const props = { ...node, ...(at?.props ?? {}) } as Component;
  const span = at?.span ?? node.span;
  return (
    <div
      className={styles.part}
      data-type={node.type}
      data-grow={node.grow || undefined}
      data-tone={tone ?? undefined}
      style={{
        ...(span ? { gridColumn: `span ${span}` } : {}),
        ...(tone === null ? {} : { "--part-tone": toneColor(tone) }),
      }}
      inert={disabled && !isInput(node) && node.type !== "button"}
    >
      <Boundary name={node.id}>
        <Inner node={props} disabled={disabled} />
      </Boundary>
    </div>
  );
}

function Inner({ node, disabled }: { node: Component; disabled: boolean }) {
  switch (node.type) {
    case "row":
      return (
        <div
          className={styles.row}
          data-gap={node.gap}
          data-align={node.align}
          data-justify={node.justify}
          data-wrap={node.wrap || undefined}
        >
          <Parts nodes={node.children} />
        </div>
      );
    case "column":
    case "panel":
      return (
        <div className={styles.column} data-gap={node.type === "column" ? node.gap : "medium"}>
          <Parts nodes={node.children} />
        </div>
      );
    case "grid":
      return (
        <div className={styles.grid} data-gap={node.gap}>
          <Parts nodes={node.children} />
        </div>
      );
    case "tabs":
      return <TabsPart node={node} />;
    case "accordion":
      return <AccordionPart node={node} />;
    case "modal":
      return <ModalPart node={node} />;
    case "drawer":
      return <DrawerPart node={node} />;
    case "repeat":
      return <RepeatPart node={node} />;
    case "form":
      return <FormPart node={node} />;
    default:
      if (isInput(node)) return <InputPart node={node} disabled={disabled} />;
      return isShown(node) ? <DisplayPart node={node} disabled={disabled} /> : <DataPart node={node} />;
  }
}

const displayed = [
  "divider", "text", "markdown", "badge", "image", "code", "stat", "keyvalue", "button", "menu", "link",
] as const; // biome-ignore format: one line

type Displayed = Extract<Component, { type: (typeof displayed)[number] }>;

function isShown(node: Component): node is Displayed {
  return (displayed as readonly string[]).includes(node.type);
}

export function Parts({ nodes }: { nodes: readonly Component[] | undefined }) {
  return (nodes ?? []).map((node) => <Part key={node.id} node={node} />);
}

const queries = { small: "(width < 600px)", medium: "(width < 1024px)" } as const;

function useWidth(): "small" | "medium" | "large" {
  return useSyncExternalStore(
    (changed) => {
      const lists = Object.values(queries).map((query) => window.matchMedia(query));
      for (const list of lists) list.addEventListener("change", changed);
      return () => {
        for (const list of lists) list.removeEventListener("change", changed);
      };
    },
    () =>
      window.matchMedia(queries.small).matches
        ? "small"
        : window.matchMedia(queries.medium).matches
          ? "medium"
          : "large",
  );
}

/** A component that fails does not take the page down. */
class Boundary extends ReactComponent<{ name: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed name={this.props.name} /> : this.props.children;
  }
}

function Failed({ name }: { name: string }) {
  const { t } = useTranslation("screens");
  return (
    <p role="alert" className={styles.failed}>
      {t("problem.part", { name })}
    </p>
  );
}
