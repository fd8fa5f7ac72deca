/** Every page behind the login. A new page is added here and gets its smoke test in both themes and languages. */
export const pages: readonly { path: string; title: { en: string; ko: string } }[] = [
  { path: "/", title: { en: "Home", ko: "홈" } },
  { path: "/admin/users", title: { en: "Users", ko: "사용자" } },
  { path: "/admin/roles", title: { en: "Roles", ko: "역할" } },
  { path: "/admin/keys", title: { en: "API keys", ko: "API 키" } },
  { path: "/admin/sessions", title: { en: "Sessions", ko: "세션" } },
  { path: "/admin/audit", title: { en: "Audit log", ko: "감사 기록" } },
  { path: "/admin/system", title: { en: "System health", ko: "시스템 상태" } },
];
