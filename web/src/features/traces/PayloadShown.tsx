import { Pairs } from "@/components/status/Pairs";
import styles from "./traces.module.css";

type Rows = Record<string, unknown>[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An input or output: SQL as code, rows as a table, flat objects as pairs, everything else as JSON. */
export function PayloadShown({ value }: { value: unknown }) {
  if (!isObject(value)) return <Code text={typeof value === "string" ? value : toText(value)} />;
  const { rows, sql, ...rest } = value;
  const others = Object.entries(rest).filter(([, each]) => each !== null && each !== "" && !isEmpty(each));
  return (
    <div className={styles.payload}>
      {typeof sql === "string" ? <Code text={sql} /> : null}
      {others.length === 0 ? null : (
        <Pairs
          pairs={others.map(([name, each]) => [
            name,
            typeof each === "object" ? <Code key={name} text={toText(each)} /> : String(each),
          ])}
        />
      )}
      {Array.isArray(rows) && rows.length > 0 ? <RowTable rows={rows.filter(isObject)} /> : null}
    </div>
  );
}

const isEmpty = (value: unknown) =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

const toText = (value: unknown) => JSON.stringify(value, null, 2) ?? "";

function Code({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={styles.code} tabIndex={0}>
      {text}
    </pre>
  );
}

function RowTable({ rows }: { rows: Rows }) {
  const names = Object.keys(rows[0] ?? {});
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.rows} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result have no ids and never change
            <tr key={index}>
              {names.map((name) => (
                <td key={name}>{typeof row[name] === "object" ? toText(row[name]) : String(row[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
