/** Findings of the server as places in an editor. Pure. */

/** Where a finding stands in the text. The server counts lines and letters from 1; the editor counts UTF-16 units from 0. */
export function markOf(
  sql: string,
  { line, column }: { line: number; column: number },
): { from: number; to: number } {
  const lines = sql.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, text) => sum + text.length + 1, 0);
  const text = lines[at] ?? "";
  const before = [...text].slice(0, Math.max(column, 1) - 1).join("").length;
  const word = /^(?:[:"']?[\p{L}\p{N}_.]+|.)/u.exec(text.slice(before))?.[0] ?? "";
  const from = start + before;
  if (word !== "") return { from, to: from + word.length };
  // At the end of a line there is nothing to underline but what stands before it.
  return { from: Math.max(start, from - 1), to: from };
}
