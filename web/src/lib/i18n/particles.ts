/**
 * Korean particles change with the sound before them: 서버가, but 규칙이. Messages carry both forms in brackets after the
 * word, `{{name}}[이/가]`, and this picks one. A word that does not end in a sound we know keeps both: `x(이)가`-style.
 */

/** Final sounds of digits as read in Korean: 영 일 이 삼 사 오 육 칠 팔 구. */
const digitFinals: Record<string, Final> = {
  "0": "other",
  "1": "rieul",
  "2": "none",
  "3": "other",
  "4": "none",
  "5": "none",
  "6": "other",
  "7": "rieul",
  "8": "rieul",
  "9": "none",
};

/** Latin words are read aloud; their last letter decides well enough (CPU, disk, API, email). */
const latinFinals: Record<string, Final> = { l: "rieul", m: "other", n: "other" };
const stops = /(?:[aeiou]|^)(?:b|c|k|p|t|ck|ng)$/;
const spelled = /^[A-Z]{2,}$/;
const spelledFinals: Record<string, Final> = { L: "rieul", R: "rieul", M: "other", N: "other" };

export type Final = "none" | "rieul" | "other";

function hangulFinal(code: number): Final {
  const final = (code - 0xac00) % 28;
  if (final === 0) return "none";
  return final === 8 ? "rieul" : "other";
}

function latinFinal(word: string): Final {
  const last = word.at(-1) ?? "";
  if (spelled.test(word)) return spelledFinals[last] ?? "none";
  const lower = word.toLowerCase();
  const known = latinFinals[last.toLowerCase()];
  if (known !== undefined) return known;
  return stops.test(lower) ? "other" : "none";
}

/** How the word ends when read aloud, or null where that cannot be told. */
export function finalOf(word: string): Final | null {
  const bare = word.replace(/[\s"'”’»)\]}>.,:;!?%·]+$/u, "");
  const last = bare.at(-1);
  if (last === undefined) return null;
  const code = last.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) return hangulFinal(code);
  const digit = digitFinals[last];
  if (digit !== undefined) return digit;
  const latin = /[A-Za-z]+$/.exec(bare);
  return latin === null ? null : latinFinal(latin[0]);
}

/** One of the two forms, written "이/가", "은/는", "을/를", "과/와", "으로/로", "이라/라" …: after a consonant / after a vowel. */
export function particle(word: string, forms: string): string {
  const [closed = "", open = ""] = forms.split("/");
  const final = finalOf(word);
  if (final === null)
    return closed.startsWith(open) || closed.endsWith(open) ? both(closed, open) : `${closed}(${open})`;
  if (final === "none") return open;
  return final === "rieul" && closed === "으로" ? open : closed;
}

/** 으로/로 → (으)로, 이라/라 → (이)라. */
function both(closed: string, open: string): string {
  return closed.endsWith(open) ? `(${closed.slice(0, -open.length)})${open}` : `${closed}(${open})`;
}

const marker = /\[([가-힣]{1,3}\/[가-힣]{1,3})\]/u;

/** Resolves every marker of a finished message. */
export function withParticles(message: string): string {
  let rest = message;
  let done = "";
  for (let match = marker.exec(rest); match !== null; match = marker.exec(rest)) {
    done += rest.slice(0, match.index);
    done += particle(done, match[1] ?? "");
    rest = rest.slice(match.index + match[0].length);
  }
  return done + rest;
}
