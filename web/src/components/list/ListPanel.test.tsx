// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { useShortcutListener } from "@/lib/keyboard/use-shortcuts";
import { shown } from "@/lib/testing/shown";
import { columnsOf } from "../table/columns";
import { ListPanel } from "./ListPanel";
import { usePicked } from "./use-picked";

interface Thing {
  id: string;
  name: string;
}
const column = columnsOf<Thing>();
const columns = column.columns([column.accessor("name", { header: "Name" })]);
const rows = ["a", "b", "c"].map((id) => ({ id, name: `thing ${id}` }));
const onOpen = vi.fn();
const onSearch = vi.fn();

function List({ data, filtered = false }: { data: Thing[] | undefined; filtered?: boolean }) {
  useShortcutListener();
  const picked = usePicked(data);
  return (
    <ListPanel
      label="Things"
      query={{
        data,
        error: null,
        isPending: false,
        dataUpdatedAt: 0,
        refetch: vi.fn(),
        hasNextPage: false,
        isFetchingNextPage: false,
        fetchNextPage: vi.fn(),
      }}
      columns={columns}
      search={{ label: "Search things", text: undefined, onSearch }}
      tools={<span>facets</span>}
      filtered={filtered}
      nothing={<p>nothing yet</p>}
      onOpen={onOpen}
      picking={picked}
      bulk={<span>{picked.ids.join(" ")} ticked</span>}
    />
  );
}

afterEach(cleanup);

const press = (code: string, key = code.replace("Key", "").toLowerCase()) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { code, key });
const focused = () => document.activeElement?.textContent;

describe("a list", () => {
  it("is walked, ticked and opened by keys", () => {
    render(shown(<List data={rows} />));
    press("KeyJ");
    expect(focused()).toBe("thing a");
    press("KeyJ", "ㅓ");
    expect(focused()).toBe("thing b");
    press("KeyX");
    expect(screen.getByText("b ticked")).toBeDefined();
    expect(screen.queryByText("facets")).toBeNull();
    press("KeyK");
    press("Enter", "Enter");
    expect(onOpen).toHaveBeenLastCalledWith(rows[0], false);
    press("Slash", "/");
    expect(document.activeElement).toBe(screen.getByLabelText("Search things"));
  });

  it("ticks all and none", () => {
    render(shown(<List data={rows} />));
    fireEvent.click(screen.getByLabelText("Tick all rows shown"));
    expect(screen.getByText("a b c ticked")).toBeDefined();
    fireEvent.click(screen.getByLabelText("Tick all rows shown"));
    expect(screen.getByText("facets")).toBeDefined();
  });

  it("no longer counts what is gone from the list", () => {
    const { rerender } = render(shown(<List data={rows} />));
    fireEvent.click(screen.getByLabelText("Tick all rows shown"));
    rerender(shown(<List data={rows.slice(1)} />));
    expect(screen.getByText("b c ticked")).toBeDefined();
  });

  it("tells nothing yet from filtered out", () => {
    const { rerender } = render(shown(<List data={[]} />));
    expect(screen.getByText("nothing yet")).toBeDefined();
    rerender(shown(<List data={[]} filtered />));
    expect(screen.getByText("Nothing matches these filters")).toBeDefined();
  });
});
