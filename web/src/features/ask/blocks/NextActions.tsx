import { Button } from "@mantine/core";
import { IconApi, IconArrowRight, IconBellPlus, IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AnswerBlock } from "@/lib/api/types";
import { useMay } from "@/lib/query/me";
import type { BlockContext } from "./Blocks";
import styles from "./blocks.module.css";

type Actions = Extract<AnswerBlock, { type: "next_actions" }>;
type Action = Actions["actions"][number];
const icons = {
  ask: IconArrowRight,
  plan: IconPlayerPlay,
  make_api: IconApi,
  make_rule: IconBellPlus,
};

/** What may be done next: ask on, run a changed plan, or make something lasting of the answer. */
export function NextActions({ block, context }: { block: Actions; context: BlockContext }) {
  const { t } = useTranslation("ask");
  const navigate = useNavigate();
  const may = useMay();
  const offered = block.actions.filter(
    ({ kind }) => (kind !== "make_api" || may("apis.write")) && (kind !== "make_rule" || may("rules.write")),
  );
  const edit = async (to: "/apis/new" | "/rules/new", draft: object, from: Element) => {
    const scroller = from.closest("main");
    await navigate({ to, state: { draft } });
    // An editor is read from its beginning, however far down the answer stood.
    scroller?.scrollTo(0, 0);
  };
  const take = (action: Action, from: Element) => {
    if (action.kind === "make_api") return void edit("/apis/new", action.api ?? {}, from);
    if (action.kind === "make_rule") return void edit("/rules/new", action.rule ?? {}, from);
    context.onAsk({ text: action.question ?? action.label, ...(action.plan ? { plan: action.plan } : {}) });
  };
  if (offered.length === 0) return null;
  return (
    <section className={styles.actions} aria-label={t("next")}>
      {offered.map((action) => {
        const Icon = icons[action.kind];
        return (
          <Button
            key={`${action.kind} ${action.label}`}
            variant="default"
            size="compact-sm"
            leftSection={<Icon size={14} aria-hidden />}
            onClick={(event) => take(action, event.currentTarget)}
          >
            {action.label}
          </Button>
        );
      })}
    </section>
  );
}
