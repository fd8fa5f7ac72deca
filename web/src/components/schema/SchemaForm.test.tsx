// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import type { Json } from "@/lib/json/pointer";
import { shown } from "@/lib/testing/shown";
import { flawsOf } from "./check";
import type { Schema } from "./fields";
import { SchemaForm } from "./SchemaForm";

afterEach(cleanup);

const schema: Schema = {
  type: "object",
  properties: {
    title: { type: "string", minLength: 1, maxLength: 20 },
    approvals: { type: "integer", minimum: 1, maximum: 5, default: 1 },
    enabled: { type: "boolean", default: true },
    severity: { enum: ["low", "high"] },
    headers: { type: "object", additionalProperties: { type: "string" } },
    steps: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    },
    logic: {
      discriminator: { propertyName: "type" },
      oneOf: [
        {
          type: "object",
          title: "Sql",
          properties: { type: { const: "sql" }, sql: { type: "string" }, path: { type: "string" } },
          required: ["type", "sql", "path"],
        },
        {
          type: "object",
          title: "Http",
          properties: { type: { const: "http" }, path: { type: "string" } },
          required: ["type", "path"],
        },
      ],
    },
  },
  required: ["title"],
};

let written: Json;
function Form({ initial, readOnly = false }: { initial: Json; readOnly?: boolean }) {
  const [value, setValue] = useState(initial);
  written = value;
  return (
    <SchemaForm
      schema={schema}
      value={value}
      flaws={flawsOf(value, schema)}
      readOnly={readOnly}
      onChange={setValue}
    />
  );
}
const form = (initial: Json, readOnly = false) =>
  render(shown(<Form initial={initial} readOnly={readOnly} />));
const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

describe("a form of a schema", () => {
  it("changes the edited value and nothing else", () => {
    const initial = {
      title: "old",
      unknown: { kept: [1, null] },
      severity: "low",
      logic: { type: "http", path: "/a" },
    };
    form(initial);
    type(screen.getByLabelText(/^Title/), "new");
    expect(written).toEqual({ ...initial, title: "new" });
  });

  it("shows a default without writing it", () => {
    form({ title: "x" });
    expect(screen.getByLabelText<HTMLInputElement>(/^Approvals needed/).value).toBe("1");
    expect(screen.getByLabelText<HTMLInputElement>(/^Enabled/).checked).toBe(true);
    expect(written).toEqual({ title: "x" });
  });

  it("says what is wrong at the field", () => {
    form({ title: "x", approvals: 9 });
    expect(screen.getByText("At most 5.")).toBeDefined();
    type(screen.getByLabelText(/^Approvals needed/), "3");
    expect(screen.queryByText("At most 5.")).toBeNull();
    expect(written).toEqual({ title: "x", approvals: 3 });
  });

  it("goes from one form of a union to the other and keeps what both have", () => {
    form({ title: "x", logic: { type: "http", path: "/orders" } });
    const logic = screen.getByRole("group", { name: "Logic" });
    type(within(logic).getByLabelText("Type"), "sql");
    expect(written).toEqual({ title: "x", logic: { type: "sql", sql: "", path: "/orders" } });
  });

  it("adds, moves and removes entries of a list", () => {
    form({ title: "x", steps: [{ name: "a" }, { name: "b" }] });
    const steps = screen.getByRole("group", { name: "steps" });
    fireEvent.click(within(steps).getByLabelText("Move steps 2 up"));
    expect(written).toMatchObject({ steps: [{ name: "b" }, { name: "a" }] });
    fireEvent.click(within(steps).getByLabelText("Remove steps 1"));
    expect(written).toMatchObject({ steps: [{ name: "a" }] });
    fireEvent.click(within(steps).getByText("Add"));
    expect(written).toMatchObject({ steps: [{ name: "a" }, { name: "" }] });
  });

  it("adds a name to a map once", () => {
    form({ title: "x" });
    const headers = screen.getByRole("group", { name: "Headers" });
    type(within(headers).getByLabelText("New name"), "Accept");
    fireEvent.click(within(headers).getByText("Add"));
    type(within(headers).getByLabelText(/^Accept/), "text/csv");
    expect(written).toEqual({ title: "x", headers: { Accept: "text/csv" } });
  });

  it("changes nothing for a reader", () => {
    form({ title: "x", steps: [{ name: "a" }] }, true);
    expect(screen.getByLabelText<HTMLInputElement>(/^Title/).readOnly).toBe(true);
    expect(screen.queryByText("Add")).toBeNull();
  });
});
