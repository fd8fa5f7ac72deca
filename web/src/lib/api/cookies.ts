/** The value of one cookie from a `document.cookie` text, or null. */
export function readCookie(name: string, cookies: string): string | null {
  for (const part of cookies.split(";")) {
    const at = part.indexOf("=");
    if (at >= 0 && part.slice(0, at).trim() === name) return decode(part.slice(at + 1).trim());
  }
  return null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** The CSRF header that an unsafe request must carry; a safe one carries none. */
export function csrfHeader(method: string, cookies: string): [string, string] | null {
  if (safe.has(method.toUpperCase())) return null;
  const token = readCookie("opsloom_csrf", cookies);
  return token === null ? null : ["X-CSRF-Token", token];
}
