import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LifeButtons } from "@/components/lifecycle/LifeButtons";
import type { Rule } from "@/lib/api/types";
import { stepping } from "./model";

/** Put it in force, take it out, or archive it. */
export function RuleActions({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rules");
  const navigate = useNavigate();
  return (
    <LifeButtons
      asset={stepping(rule)}
      also={["rules"]}
      notes={{ unpublish: t("step.unpublish"), archive: t("step.archive") }}
      onArchived={() => void navigate({ to: "/rules" })}
    />
  );
}
