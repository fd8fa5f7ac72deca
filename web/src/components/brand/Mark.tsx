/** The product's mark: threads crossing on a loom. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden style={{ flex: "none" }}>
      <rect width="32" height="32" rx="7" fill="#2456c8" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M7 10h6c4 0 4 12 8 12h4" />
        <path d="M7 22h6c4 0 4-12 8-12h4" opacity=".55" />
        <path d="M7 16h18" opacity=".85" />
      </g>
    </svg>
  );
}
