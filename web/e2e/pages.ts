/** Every page behind the login. A new page is added here and gets its smoke test in both themes and languages. */
export const pages: readonly { path: string; title: { en: string; ko: string } }[] = [
  { path: "/", title: { en: "Home", ko: "홈" } },
  { path: "/alerts", title: { en: "Alerts", ko: "경보" } },
  { path: "/events", title: { en: "Events", ko: "이벤트" } },
  { path: "/rules", title: { en: "Rules", ko: "규칙" } },
  { path: "/channels", title: { en: "Channels", ko: "채널" } },
  { path: "/deliveries", title: { en: "Deliveries", ko: "전달 기록" } },
  { path: "/notifications", title: { en: "Notifications", ko: "알림" } },
  { path: "/inventory", title: { en: "Inventory", ko: "인벤토리" } },
  { path: "/admin/users", title: { en: "Users", ko: "사용자" } },
  { path: "/admin/roles", title: { en: "Roles", ko: "역할" } },
  { path: "/admin/keys", title: { en: "API keys", ko: "API 키" } },
  { path: "/admin/sessions", title: { en: "Sessions", ko: "세션" } },
  { path: "/admin/audit", title: { en: "Audit log", ko: "감사 기록" } },
  { path: "/admin/system", title: { en: "System health", ko: "시스템 상태" } },
];
