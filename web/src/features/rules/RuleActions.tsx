import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LifeButtons } from "@/components/lifecycle/LifeButtons";
import type { Rule } from "@/lib/api/types";
import { stepping } from "./model";

interface Props {
  rule: Rule;
  /** What is on screen is saved before it is published. */
  flush(): Promise<boolean>;
}

/** Put it in force, take it out, or archive it. */
export function RuleActions({ rule, flush }: Props) {
  const { t } = useTranslation("rules");
  const navigate = useNavigate();
  return (
    <LifeButtons
      asset={stepping(rule)}
      also={["rules"]}
      flush={flush}
      notes={{ unpublish: t("step.unpublish"), archive: t("step.archive") }}
      onArchived={() => void navigate({ to: "/rules" })}
    />
  );
}
