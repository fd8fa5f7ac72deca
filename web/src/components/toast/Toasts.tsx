import { lazy, Suspense, useSyncExternalStore } from "react";
import { toastWanted } from "./toast";

const Host = lazy(() => import("./ToastHost"));

/** Where toasts appear; empty until the first one. */
export function Toasts() {
  const wanted = useSyncExternalStore(toastWanted.subscribe, toastWanted.read);
  return wanted ? (
    <Suspense>
      <Host />
    </Suspense>
  ) : null;
}
