import { Button, Checkbox, Group, NativeSelect, Progress, SegmentedControl, Textarea } from "@mantine/core";
import { IconHistory, IconPlayerStop } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type {
  Rule,
  RuleDefinition,
  Simulation,
  SimulationProgress,
  SimulationRequest,
} from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { factsIn } from "../model/timeline";
import styles from "../rules.module.css";
import { Result } from "./Result";
import { simulate } from "./run";

const hourMs = 3_600_000;
const choices = [1, 6, 24, 168, 720];
const liveS = 1800;

interface Props {
  rule: Rule;
  /** What is on screen, saved or not. */
  content: JsonObject;
}

/** Runs what is on screen over the past or over pasted facts, with the engine that runs live, and compares it with what is in force. */
export function SimulateTab({ rule, content }: Props) {
  const { t } = useTranslation("rules");
  const [stretch, setStretch] = useState<Stretch>({ over: "past", hours: 1, text: "" });
  const [compares, setCompares] = useState(false);
  const version = rule.published_version;
  const { run, progress, stop } = useSimulation(rule, content, compares ? version : null);
  const asked = askedOf(stretch);
  // A live one is shown as it goes; stopping it keeps what was found.
  const shown = run.data ?? (progress === null ? null : soFar(progress));
  return (
    <Panel title={t("simulate.title")}>
      <div className={styles.inner}>
        <p className={styles.note}>{t("simulate.text")}</p>
        <StretchFields stretch={stretch} unreadable={asked === null} onChange={setStretch} />
        {version === null ? null : (
          <Checkbox
            label={t("simulate.compare", { version })}
            checked={compares}
            onChange={(event) => setCompares(event.currentTarget.checked)}
          />
        )}
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconHistory size={16} aria-hidden />}
            loading={run.isPending}
            disabled={asked === null}
            onClick={() => run.mutate(askedOf(stretch))}
          >
            {t("simulate.run")}
          </Button>
          {run.isPending ? (
            <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={stop}>
              {t("simulate.stop")}
            </Button>
          ) : null}
        </Group>
        {run.isPending && progress !== null ? (
          <div role="status">
            <Progress value={progress.share * 100} aria-label={t("simulate.progress")} />
            <p className={styles.note}>{t("simulate.taken", { count: progress.facts })}</p>
          </div>
        ) : null}
        <ProblemNotice error={run.error} />
        {shown === null ? null : <Result data={shown} />}
      </div>
    </Panel>
  );
}

const overs = ["past", "pasted", "live"] as const;
type Over = (typeof overs)[number];

interface Stretch {
  over: Over;
  hours: number;
  text: string;
}

/** What is asked for; null where the pasted text is no facts. */
function askedOf({ over, hours, text }: Stretch): SimulationRequest["over"] | null {
  if (over === "live") return { type: "live", for_s: liveS };
  if (over === "past") return { type: "past", start: new Date(Date.now() - hours * hourMs).toISOString() };
  const facts = factsIn(text);
  return facts === null ? null : { type: "pasted", facts, then_s: 3600 };
}

function soFar({ at, facts, so_far }: SimulationProgress): Simulation | null {
  if (!so_far) return null;
  const first = so_far.intervals[0]?.fired_at ?? at;
  return { start: first, end: at, facts, complete: true, seconds: 0, rule: so_far };
}

/** One simulation at a time; it ends with the page. */
function useSimulation(rule: Rule, content: JsonObject, against: number | null) {
  const control = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<SimulationProgress | null>(null);
  useEffect(() => () => control.current?.abort(), []);
  const run = useMutation({
    mutationFn: async (over: SimulationRequest["over"] | null) => {
      if (over === null) return null;
      control.current = new AbortController();
      setProgress(null);
      const definition = content as unknown as RuleDefinition;
      return simulate({ definition, rule_id: rule.id, against, over }, control.current.signal, setProgress);
    },
  });
  return { run, progress, stop: () => control.current?.abort() };
}

interface StretchProps {
  stretch: Stretch;
  unreadable: boolean;
  onChange(stretch: Stretch): void;
}

function StretchFields({ stretch, unreadable, onChange }: StretchProps) {
  const { t } = useTranslation("rules");
  const { over, hours, text } = stretch;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("simulate.over")}
        value={over}
        data={overs.map((value) => ({ value, label: t(`simulate.${value}`) }))}
        onChange={(next) => onChange({ ...stretch, over: overs.find((each) => each === next) ?? "past" })}
      />
      {over === "live" ? <p className={styles.note}>{t("simulate.liveText")}</p> : null}
      {over === "past" ? (
        <NativeSelect
          aria-label={t("simulate.window")}
          value={String(hours)}
          onChange={(event) => onChange({ ...stretch, hours: Number(event.currentTarget.value) })}
          data={choices.map((value) => ({
            value: String(value),
            label: t("simulate.hours", { count: value }),
          }))}
        />
      ) : null}
      {over === "pasted" ? (
        <Textarea
          label={t("simulate.facts")}
          description={t("simulate.factsHint")}
          autosize
          minRows={5}
          maxRows={16}
          classNames={{ input: styles.code ?? "" }}
          spellCheck={false}
          error={unreadable && text.trim() !== "" ? t("simulate.unreadable") : undefined}
          value={text}
          onChange={(event) => onChange({ ...stretch, text: event.currentTarget.value })}
        />
      ) : null}
    </>
  );
}
