import { describe, expect, it } from "vitest";
import { compact, digits, showText } from "./numbers";

const text = (value: number | null, unit: string, language = "en") =>
  showText(value, unit, language).replaceAll("\u00a0", " ");

describe("showText", () => {
  it.each([
    [0, "percent", "0%"],
    [7.256, "percent", "7.26%"],
    [45.67, "percent", "45.7%"],
    [100, "percent", "100%"],
    [0.123, "ratio", "12.3%"],
    [512, "bytes", "512 B"],
    [1536, "bytes", "1.5 KB"],
    [25_276_502_016, "bytes", "23.5 GB"],
    [1024 ** 6 * 4, "bytes", "4,096 PB"],
    [2_097_152, "bytes_s", "2 MB/s"],
    [-2048, "bytes", "-2 KB"],
    [0.0004, "s", "0.4 ms"],
    [250, "ms", "250 ms"],
    [90, "s", "90 s"],
    [600, "s", "10 min"],
    [10_800, "s", "3 h"],
    [864_000, "s", "10 d"],
    [42, "count", "42"],
    [1234, "1", "1,234"],
    [12.34, "1/s", "12.3 /s"],
    [3, "connections", "3 connections"],
  ])("%d %s is %s", (value, unit, wanted) => expect(text(value, unit)).toBe(wanted));

  it.each([null, Number.NaN, Number.POSITIVE_INFINITY])("shows a dash for %s", (value) =>
    expect(text(value, "percent")).toBe("–"),
  );
});

describe("compact", () => {
  it("is exact below ten thousand", () => expect(compact(9999, "en")).toBe("9,999"));
  it("shortens above", () => expect(compact(12_345, "en")).toBe("12.3K"));
  it("counts in 만 in Korean", () => expect(compact(12_345, "ko")).toBe("1.2만"));
});

it("keeps three digits and drops trailing zeros", () => {
  expect(digits(1.5, "en")).toBe("1.5");
  expect(digits(123.456, "en")).toBe("123");
  expect(digits(2.004, "en")).toBe("2");
});
