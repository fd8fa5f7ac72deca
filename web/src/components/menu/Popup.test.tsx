// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Popup } from "./Popup";

beforeEach(() => {
  render(
    <>
      <Popup kind="menu" trigger={(props) => <button {...props}>open</button>}>
        {(close) => (
          <>
            <button type="button">first</button>
            <button type="button" onClick={close}>
              done
            </button>
          </>
        )}
      </Popup>
      <button type="button">elsewhere</button>
    </>,
  );
  screen.getByText("open").focus();
  fireEvent.click(screen.getByText("open"));
});
afterEach(cleanup);

const isOpen = () => screen.queryByText("first") !== null;

describe("Popup", () => {
  it("opens with the focus on its first control, and says so", () => {
    expect(document.activeElement).toBe(screen.getByText("first"));
    expect(screen.getByText("open").getAttribute("aria-expanded")).toBe("true");
  });

  it("closes on Escape and gives the focus back", () => {
    const went = fireEvent.keyDown(screen.getByText("first"), { key: "Escape" });
    expect(isOpen()).toBe(false);
    expect(went).toBe(false);
    expect(document.activeElement).toBe(screen.getByText("open"));
  });

  it("keeps Escape for the letter being put together", () => {
    fireEvent.keyDown(screen.getByText("first"), { key: "Escape", isComposing: true });
    expect(isOpen()).toBe(true);
  });

  it("closes from within", () => {
    fireEvent.click(screen.getByText("done"));
    expect(isOpen()).toBe(false);
  });

  it("closes when the focus goes elsewhere", () => {
    fireEvent.blur(screen.getByText("first"), { relatedTarget: screen.getByText("elsewhere") });
    expect(isOpen()).toBe(false);
  });

  it("stays while the focus moves inside", () => {
    fireEvent.blur(screen.getByText("first"), { relatedTarget: screen.getByText("done") });
    expect(isOpen()).toBe(true);
  });

  it("closes on a press outside, and on its own button", () => {
    fireEvent.mouseDown(screen.getByText("elsewhere"));
    expect(isOpen()).toBe(false);
    fireEvent.click(screen.getByText("open"));
    expect(isOpen()).toBe(true);
    fireEvent.click(screen.getByText("open"));
    expect(isOpen()).toBe(false);
  });
});
