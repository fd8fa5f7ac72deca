import { describe, expect, it } from "vitest";
import { agentName } from "./agent";

const chrome =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

describe("agentName", () => {
  it.each([
    [chrome, "Chrome, Linux"],
    [`${chrome} Edg/156.0.0.0`, "Edge, Linux"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
      "Safari, macOS",
    ],
    [
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36",
      "Chrome, Android",
    ],
    ["Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"],
    ["curl/8.1.2", "curl/8.1.2"],
    ["", "–"],
  ])("%s is %s", (agent, name) => expect(agentName(agent)).toBe(name));
});
