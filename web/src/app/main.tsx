import "@/theme/mantine.css";
import "@/theme/tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sessionLost } from "@/lib/api/session";
import { startLanguage } from "@/lib/i18n";
import { liveHub } from "@/lib/live/use-live";
import { createQueryClient } from "@/lib/query/client";
import { App } from "./App";
import { makeRouter } from "./router";

const queryClient = createQueryClient();
const router = makeRouter(queryClient);

/** Forgets everything of the session that ended and asks for a new one, then comes back to the same place. */
function toLogin(): void {
  const { pathname, href } = router.state.location;
  if (pathname === "/login" || pathname === "/setup") return;
  queryClient.removeQueries();
  liveHub.reset();
  void router.navigate({ to: "/login", search: { next: href } });
}
sessionLost.listen(toLogin);

// The fonts are large and swap in when they arrive: the first paint does not wait for them.
void import("@/theme/fonts/fonts.css");

const place = document.getElementById("root");
if (place === null) throw new Error("the start page has no root element");
await startLanguage();
createRoot(place).render(
  <StrictMode>
    <App queryClient={queryClient} router={router} />
  </StrictMode>,
);
