import { ActionIcon, Group } from "@mantine/core";
import { IconPencil, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Differences } from "@/components/cases/Differences";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { RuleCase } from "@/lib/api/types";
import styles from "../rules.module.css";
import type { CaseSteps } from "./use-cases";

interface Props {
  shown: RuleCase;
  writes: boolean;
  version: number;
  steps: CaseSteps;
  onEdit(): void;
}

/** One case, what its last run gave, and where that was not as expected. */
export function CaseLine({ shown, writes, version, steps, onEdit }: Props) {
  const { t } = useTranslation("rules");
  const { name, outcome } = shown;
  const word = outcome === null ? "never" : outcome.passed ? "passed" : "failed";
  const tones = { never: "idle", passed: "ok", failed: "critical" } as const;
  const acts = [
    { key: "runOne", icon: IconPlayerPlay, run: () => steps.run.mutate({ version, ids: [shown.id] }) },
    { key: "editOne", icon: IconPencil, run: onEdit },
    { key: "deleteOne", icon: IconTrash, run: () => steps.remove.mutate(shown.id) },
  ] as const;
  return (
    <li>
      <Group gap="xs" wrap="nowrap">
        <StatusBadge plain tone={tones[word]} label={t(`tests.${word}`)} />
        <span className={styles.grow}>{name}</span>
        {writes
          ? acts.map(({ key, icon: Icon, run }) => (
              <ActionIcon
                key={key}
                size="sm"
                variant="subtle"
                aria-label={t(`tests.${key}`, { name })}
                onClick={run}
              >
                <Icon size={15} aria-hidden />
              </ActionIcon>
            ))
          : null}
      </Group>
      {outcome?.failed ? <p className={styles.bad}>{outcome.failed}</p> : null}
      {outcome === null || outcome.differences.length === 0 ? null : (
        <Differences title={t("tests.differences", { name })} items={outcome.differences} />
      )}
    </li>
  );
}
