import { describe, expect, it } from "vitest";
import { dependencies, filled, isOneExpression, readTemplate } from "./template";

const read = (text: string) => readTemplate(text)?.pieces;

describe("readTemplate", () => {
  it("splits text from expressions and trims them", () => {
    expect(read("a {{ b }} c{{d}}")).toEqual(["a ", "b", " c", "d", ""]);
    expect(read("plain")).toEqual(["plain"]);
  });

  it("ends an expression where its braces end, not inside strings or objects", () => {
    expect(read('{{ {"a": {"b": 1}} }}')).toEqual(["", '{"a": {"b": 1}}', ""]);
    expect(read(`{{ "}}" & '}}' }}`)).toEqual(["", `"}}" & '}}'`, ""]);
    expect(read(String.raw`{{ "\"}}" }}`)).toEqual(["", String.raw`"\"}}"`, ""]);
  });

  it("knows one that is not closed", () => {
    expect(readTemplate("{{ a }")).toBeNull();
    expect(readTemplate('{{ "a }}')).toBeNull();
  });
});

describe("filled", () => {
  const of = (text: string, values: Record<string, unknown>) => {
    const template = readTemplate(text);
    return template === null ? undefined : filled(template, new Map(Object.entries(values)));
  };

  it("keeps the type of one expression, and makes text of several", () => {
    expect(of("{{ rows }}", { rows: [1] })).toEqual([1]);
    expect(of("{{ a }} of {{ b }}", { a: 3, b: null })).toBe("3 of ");
    expect(of("{{ a }}!", { a: { x: 1 } })).toBe('{"x":1}!');
    expect(isOneExpression({ pieces: ["", "a", ""] })).toBe(true);
  });
});

describe("dependencies", () => {
  it("names what of the page is read, and nothing deeper or quoted", () => {
    const found = dependencies("data.hosts.rows[site = state.site] ~> $count() & item.state.x & 'data.none'");
    expect([...found].sort()).toEqual(["data.hosts", "state.site"]);
    expect([...dependencies("$keys(state)")]).toEqual(["state"]);
    expect([...dependencies("parameters.`site` /* state.old */")]).toEqual(["parameters.site"]);
  });
});
