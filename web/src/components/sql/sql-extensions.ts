import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { MySQL, PostgreSQL, type SQLDialect, SQLite, type SQLNamespace, sql } from "@codemirror/lang-sql";
import { lintGutter } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";
import type { SqlVocabulary } from "@/lib/api/types";
import { offers, wordsFor } from "./completion";

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

const dialects: Record<string, SQLDialect> = { postgres: PostgreSQL, mysql: MySQL, sqlite: SQLite };

function schemaOf(vocabulary: SqlVocabulary, language: string): SQLNamespace {
  const schemas: Record<string, Record<string, SQLNamespace>> = {};
  for (const table of vocabulary.tables) {
    const columns = table.columns.map(
      (column): Completion => ({
        label: column.name,
        type: "property",
        detail: wordsFor(column, language, column.type),
      }),
    );
    const shown = {
      self: { label: table.name, type: "class", detail: wordsFor(table, language, "") },
      children: columns,
    };
    schemas[table.schema_name] = { ...schemas[table.schema_name], [table.name]: shown };
  }
  return schemas;
}

/** Completion of tables and columns with people's words, of functions that pass the guard, and of the declared parameters. */
export function sqlLanguage(
  vocabulary: SqlVocabulary | undefined,
  names: readonly string[],
  language: string,
): Extension {
  const dialect = dialects[vocabulary?.dialect ?? "postgres"] ?? PostgreSQL;
  const complete = (context: CompletionContext): CompletionResult | null => {
    const colon = context.matchBefore(/(?<!:):\w*/);
    if (colon !== null)
      return { from: colon.from, options: names.map((name) => ({ label: `:${name}`, type: "variable" })) };
    const word = context.matchBefore(/(?<![\w.:])\w+/);
    if (word === null || vocabulary === undefined) return null;
    return {
      from: word.from,
      options: offers(vocabulary, context.state.doc.toString(), language),
      validFor: /^\w*$/,
    };
  };
  return [
    parameters,
    lintGutter(),
    sql({ dialect, ...(vocabulary === undefined ? {} : { schema: schemaOf(vocabulary, language) }) }),
    dialect.language.data.of({ autocomplete: complete }),
  ];
}
