import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { PostgreSQL, type SQLNamespace, sql } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";
import type { ApiRelation } from "@/lib/api/types";

const parameter = new MatchDecorator({
  regexp: /(?<![:\w]):[A-Za-z_]\w*/g,
  decoration: Decoration.mark({ class: "cm-parameter" }),
});
const parameters = ViewPlugin.define(
  (view) => ({
    marks: parameter.createDeco(view),
    update(update) {
      this.marks = parameter.updateDeco(update, this.marks);
    },
  }),
  { decorations: (plugin) => plugin.marks },
);

function schemaOf(relations: readonly ApiRelation[]): SQLNamespace {
  const tables: Record<string, readonly Completion[]> = {};
  for (const { name, columns } of relations)
    tables[name] = columns.map((column) => ({ label: column.name, type: "property", detail: column.type }));
  return { data: tables };
}

/** Completion of the relations, of the columns of those that the query names, and of the declared parameters. */
export function sqlLanguage(relations: readonly ApiRelation[], names: readonly string[]): Extension {
  const columns = relations.flatMap((relation) =>
    relation.columns.map((column) => ({ relation: relation.name, ...column })),
  );
  const complete = (context: CompletionContext): CompletionResult | null => {
    const colon = context.matchBefore(/(?<!:):\w*/);
    if (colon !== null)
      return { from: colon.from, options: names.map((name) => ({ label: `:${name}`, type: "variable" })) };
    const word = context.matchBefore(/(?<![\w.:])\w+/);
    if (word === null) return null;
    const text = context.state.doc.toString();
    const options = columns
      .filter(({ relation }) => new RegExp(`\\bdata\\.${relation}\\b`).test(text))
      .map(({ relation, name, type }) => ({
        label: name,
        type: "property",
        detail: `${type} · ${relation}`,
        boost: 10,
      }));
    return { from: word.from, options, validFor: /^\w*$/ };
  };
  return [
    parameters,
    sql({ dialect: PostgreSQL, schema: schemaOf(relations) }),
    PostgreSQL.language.data.of({ autocomplete: complete }),
  ];
}
