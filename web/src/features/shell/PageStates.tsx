import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/state/EmptyState";
import { FailedState } from "@/components/state/FailedState";
import { reportPageError } from "@/lib/problems/report";

/** A page whose loading or drawing failed; the frame around it stays. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useEffect(() => reportPageError(error), [error]);
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <main>
      <FailedState error={error} onRetry={again} />
    </main>
  );
}

export function MissingPage() {
  const { t } = useTranslation("shell");
  return (
    <main>
      <EmptyState
        kind="filtered"
        title={t("missing.title")}
        text={t("missing.text")}
        action={
          <Button component={Link} to="/" variant="default">
            {t("common:action.home")}
          </Button>
        }
      />
    </main>
  );
}
