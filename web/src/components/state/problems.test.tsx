// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { cleanup, screen, render as show } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { errorFrom } from "@/lib/api/problem";
import { shown } from "@/lib/testing/shown";
import en from "@/locales/en/problems.json";
import ko from "@/locales/ko/problems.json";
import { ProblemNotice } from "./ProblemNotice";

afterEach(cleanup);

const page = readFileSync("../docs/errors.md", "utf8");
const codes = [...page.matchAll(/^### `(\w+)` · \d+$/gm)].map(([, code]) => code).sort();

describe("the words for errors", () => {
  it("are there for every code that the server documents, in both languages", () => {
    expect(codes.length).toBeGreaterThan(100);
    expect(Object.keys(en).sort()).toEqual(codes);
    expect(Object.keys(ko).sort()).toEqual(codes);
  });

  it("are Korean for Korean readers", () => {
    const foreign = Object.entries(ko).filter(
      ([, { title, hint }]) => !/\p{Script=Hangul}/u.test(title) || !/\p{Script=Hangul}/u.test(hint),
    );
    expect(foreign).toEqual([]);
  });
});

const refused = (status: number, body: object) =>
  errorFrom({ status, headers: new Headers() }, JSON.stringify(body));

describe("a refusal", () => {
  it("is named by its code, not by its status", () => {
    const taken = { code: "name_taken", detail: "There is a rule named “Busy”.", hint: "Choose another." };
    show(shown(<ProblemNotice error={refused(409, taken)} />));
    const notice = screen.getByRole("alert").textContent;
    expect(notice).toContain("The name is taken");
    expect(notice).toContain("There is a rule named “Busy”. Choose another.");
    expect(notice).not.toContain("Changed in the meantime");
  });

  it("has a hint where the server sent none", () => {
    show(shown(<ProblemNotice error={refused(409, { code: "not_published", detail: "It is not." })} />));
    expect(screen.getByRole("alert").textContent).toContain("Publish it first.");
  });

  it("of a code without words is named by its status", () => {
    show(
      shown(<ProblemNotice error={refused(409, { code: "of_tomorrow", detail: "No.", hint: "Wait." })} />),
    );
    const notice = screen.getByRole("alert").textContent;
    expect(notice).toContain("Changed in the meantime");
    expect(notice).toContain("No. Wait.");
  });
});
