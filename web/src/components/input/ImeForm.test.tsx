// @vitest-environment jsdom
import { cleanup, createEvent, fireEvent, render, screen } from "@testing-library/react";
import { createPortal } from "react-dom";
import { afterEach, expect, it, vi } from "vitest";
import { ImeForm } from "./ImeForm";

afterEach(cleanup);

function pressEnter(extra: KeyboardEventInit) {
  render(
    <ImeForm onKeyDown={heard}>
      <input aria-label="text" />
    </ImeForm>,
  );
  const field = screen.getByLabelText("text");
  const event = createEvent.keyDown(field, { key: "Enter", ...extra });
  fireEvent(field, event);
  return event;
}
const heard = vi.fn();

it("stops Enter while a Hangul letter is being put together", () => {
  expect(pressEnter({ isComposing: true }).defaultPrevented).toBe(true);
});

it("stops it in engines that say 229 instead", () => {
  expect(pressEnter({ keyCode: 229 }).defaultPrevented).toBe(true);
});

it("lets Enter through otherwise, and still tells who listens", () => {
  heard.mockClear();
  expect(pressEnter({}).defaultPrevented).toBe(false);
  expect(heard).toHaveBeenCalledTimes(1);
});

it("does not submit the form that its dialog stands in", () => {
  const outer = vi.fn((event: { preventDefault(): void }) => event.preventDefault());
  const inner = vi.fn((event: { preventDefault(): void }) => event.preventDefault());
  render(
    <ImeForm onSubmit={outer}>
      {createPortal(
        <ImeForm onSubmit={inner}>
          <button type="submit">leave</button>
        </ImeForm>,
        document.body,
      )}
    </ImeForm>,
  );
  fireEvent.click(screen.getByText("leave"));
  expect(inner).toHaveBeenCalledTimes(1);
  expect(outer).not.toHaveBeenCalled();
});
