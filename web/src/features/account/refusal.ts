const codes = ["oidc_refused", "oidc_unavailable"] as const;

export interface Refusal {
  code: (typeof codes)[number];
  trace: string | null;
}

/** What the address says of a sign-in elsewhere that failed. Anybody can write an address: only known words are shown. */
export function refusalOf(error: string | undefined, trace: string | undefined): Refusal | null {
  const code = codes.find((known) => known === error);
  if (code === undefined) return null;
  return { code, trace: trace !== undefined && /^[\w-]{1,64}$/.test(trace) ? trace : null };
}
