import { autocompletion } from "@codemirror/autocomplete";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Colours are tokens: the editor follows the theme without being built anew. All pass AA on the surface. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--ol-series-1)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ol-series-3)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--ol-series-2)" },
  { tag: [tags.typeName, tags.standard(tags.name), tags.propertyName], color: "var(--ol-series-4)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--ol-text-3)" },
  { tag: tags.special(tags.name), color: "var(--ol-series-6)" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "var(--ol-surface)", color: "var(--ol-text)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--ol-accent)", outlineOffset: "-1px" },
  ".cm-scroller": {
    fontFamily: "var(--ol-mono)",
    fontVariantLigatures: "none",
    lineHeight: "1.55",
    minHeight: "var(--ol-editor-least, 200px)",
    maxHeight: "var(--ol-editor-most, 46vh)",
  },
  ".cm-content": { caretColor: "var(--ol-text)", padding: "8px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ol-text)" },
  ".cm-gutters": {
    backgroundColor: "var(--ol-surface)",
    color: "var(--ol-text-3)",
    borderRight: "1px solid var(--ol-border)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ol-hover) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--ol-hover)", color: "var(--ol-text-2)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--ol-selected)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--ol-accent-soft)",
    outline: "1px solid var(--ol-border-strong)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--ol-sunken)" },
  // A parameter of a query.
  ".cm-parameter": { color: "var(--ol-series-7)", fontWeight: "600" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--ol-critical)" },
  ".cm-tooltip": {
    backgroundColor: "var(--ol-raised)",
    color: "var(--ol-text)",
    border: "1px solid var(--ol-border-strong)",
    borderRadius: "var(--ol-radius)",
    boxShadow: "var(--ol-shadow)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--ol-mono)", maxHeight: "18em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--ol-selected)",
    color: "var(--ol-text)",
  },
  ".cm-completionDetail": { color: "var(--ol-text-3)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--ol-critical)", padding: "4px 10px" },
  ".cm-panels": { backgroundColor: "var(--ol-raised)", color: "var(--ol-text)" },
});

/** How every code editor looks, in both themes. */
export const codeLook: Extension = [
  look,
  syntaxHighlighting(colours),
  // The icons are letters of a font that few systems have.
  autocompletion({ icons: false }),
  EditorView.lineWrapping,
];
