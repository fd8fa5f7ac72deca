// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { shown } from "@/lib/testing/shown";
import { type QueryLike, StateView } from "./StateView";

afterEach(cleanup);

const query = (change: Partial<QueryLike<string>>): QueryLike<string> => ({
  data: "text",
  error: null,
  isPending: false,
  dataUpdatedAt: 0,
  refetch: vi.fn(),
  ...change,
});
const page = (state: QueryLike<string>) =>
  shown(<StateView query={state}>{(data) => <input aria-label="name" defaultValue={data} />}</StateView>);

it("keeps what is typed when a refresh fails and when it succeeds again", () => {
  const { rerender } = render(page(query({})));
  const field = () => screen.getByLabelText<HTMLInputElement>("name");
  fireEvent.change(field(), { target: { value: "typed" } });
  rerender(page(query({ error: new Error("lost") })));
  expect(field().value).toBe("typed");
  expect(screen.getByRole("status")).toBeDefined();
  rerender(page(query({})));
  expect(field().value).toBe("typed");
});
