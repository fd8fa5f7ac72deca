import { describe, expect, it } from "vitest";
import { finalOf, particle, withParticles } from "./particles";

describe("particle", () => {
  it.each([
    ["서버", "이/가", "가"],
    ["규칙", "이/가", "이"],
    ["알림", "은/는", "은"],
    ["경보", "은/는", "는"],
    ["채널", "을/를", "을"],
    ["키", "을/를", "를"],
    ["호스트", "과/와", "와"],
    ["이벤트", "으로/로", "로"],
    ["메일", "으로/로", "로"],
    ["목록", "으로/로", "으로"],
  ])("%s + %s = %s", (word, forms, wanted) => expect(particle(word, forms)).toBe(wanted));

  it.each([
    ["web-1", "이"],
    ["web-2", "가"],
    ["web-3", "이"],
    ["10", "이"],
    ["CPU", "가"],
    ["URL", "이"],
    ["disk", "가"],
    ["web", "이"],
    ["host", "가"],
    ["channel", "이"],
    ["API", "가"],
  ])("reads %s aloud: %s", (word, wanted) => expect(particle(word, "이/가")).toBe(wanted));

  it("looks through closing quotes and brackets", () => {
    expect(particle("‘서버’", "을/를")).toBe("를");
    expect(particle("규칙(1)", "을/를")).toBe("을");
  });

  it("keeps both forms where the sound is unknown", () => {
    expect(particle("★", "을/를")).toBe("을(를)");
    expect(particle("★", "으로/로")).toBe("(으)로");
  });
});

describe("finalOf", () => {
  it("knows rieul", () => expect(finalOf("채널")).toBe("rieul"));
  it("is null for nothing", () => expect(finalOf("  ")).toBeNull());
  it("covers every Hangul syllable without a final", () => {
    for (let code = 0xac00; code <= 0xd7a3; code += 28)
      expect(finalOf(String.fromCharCode(code))).toBe("none");
  });
});

describe("withParticles", () => {
  it("resolves a marker from the word before it", () =>
    expect(withParticles("서버[이/가] 규칙[을/를] 열었습니다")).toBe("서버가 규칙을 열었습니다"));
  it("leaves other brackets alone", () => expect(withParticles("[확인] a/b [x/y]")).toBe("[확인] a/b [x/y]"));
  it("returns a message without markers unchanged", () => expect(withParticles("그대로")).toBe("그대로"));
});
