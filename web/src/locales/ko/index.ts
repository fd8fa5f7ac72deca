const files = import.meta.glob<object>("./*.json", { eager: true, import: "default" });

/** Every namespace of this language, named by its file. */
export const messages: Record<string, object> = Object.fromEntries(
  Object.entries(files).map(([path, content]) => [path.slice(2, -5), content]),
);
