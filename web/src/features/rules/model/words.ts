/** How a window and what it measures read as one sentence. Pure; the words come from messages. */
import type { RuleOf } from "./document";

type Say = (key: string, values?: Record<string, unknown>) => string;

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** 5400 → "1 h 30 m", in the units of the language. */
export function span(seconds: number, say: Say): string {
  if (!Number.isFinite(seconds) || seconds <= 0) return say("rules:span.s", { count: 0 });
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of units) {
    const count = unit === "s" ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    if (count > 0) parts.push(say(`rules:span.${unit}`, { count }));
    rest -= count * size;
  }
  return parts.join(" ");
}

export function windowSentence(rule: RuleOf<"aggregate">, say: Say): string {
  const [first, ...more] = rule.measures;
  const measured =
    first === undefined
      ? say("rules:sentence.nothing")
      : say(`rules:sentence.${first.of ? "of" : "plain"}`, {
          function: say(`rules:function.${first.function}`),
          of: first.of ?? "",
        }) + (more.length > 0 ? say("rules:sentence.more", { count: more.length }) : "");
  const { window } = rule;
  const over =
    window.type === "session"
      ? say("rules:sentence.session", { gap: span(window.gap_s, say) })
      : say(`rules:sentence.${window.type}`, {
          size: span(window.size_s, say),
          slide: window.type === "hopping" ? span(window.slide_s, say) : "",
        });
  const per = say("rules:sentence.per", { keys: keyWords(rule, say) });
  return say("rules:sentence.whole", { measured, over, per, having: rule.having });
}

function keyWords({ keys, source }: RuleOf<"aggregate">, say: Say): string {
  if (keys === null || keys === undefined)
    return say(source.type === "event" ? "rules:keysOf.event" : "rules:keysOf.metric");
  return keys.length === 0 ? say("rules:keysOf.none") : keys.join(", ");
}
