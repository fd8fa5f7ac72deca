import type { EscalationPolicy, EscalationTarget, Severity } from "@/lib/api/types";

export const severities = ["critical", "warning", "info"] as const satisfies Severity[];

/** `schedule:<id>`: what a select holds for a target. */
export function keyOf({ type, id }: EscalationTarget): string {
  return `${type}:${id}`;
}

const types = ["schedule", "user", "channel"] as const satisfies EscalationTarget["type"][];

export function readTarget(key: string): EscalationTarget[] {
  const [kind, id] = key.split(":");
  const type = types.find((each) => each === kind);
  return type === undefined || id === undefined ? [] : [{ type, id }];
}

export interface StepForm {
  after_min: number;
  targets: string[];
}

export interface SlaForm {
  /** Empty: no time to keep. */
  acknowledge_min: number | "";
  resolve_min: number | "";
}

export interface PolicyForm {
  name: string;
  position: number;
  enabled: boolean;
  severities: Severity[];
  /** `name=value` each. */
  labels: string[];
  steps: StepForm[];
  repeats: number;
  repeat_after_min: number;
  sla: Record<Severity, SlaForm>;
  breach_targets: string[];
}

const noSla: SlaForm = { acknowledge_min: "", resolve_min: "" };

export function newPolicy(): PolicyForm {
  return {
    name: "",
    position: 100,
    enabled: true,
    severities: [],
    labels: [],
    steps: [{ after_min: 0, targets: [] }],
    repeats: 0,
    repeat_after_min: 30,
    sla: { critical: noSla, warning: noSla, info: noSla },
    breach_targets: [],
  };
}

export function toForm(policy: EscalationPolicy): PolicyForm {
  const slaOf = (severity: Severity): SlaForm => ({
    acknowledge_min: policy.sla?.[severity]?.acknowledge_min ?? "",
    resolve_min: policy.sla?.[severity]?.resolve_min ?? "",
  });
  return {
    name: policy.name,
    position: policy.position ?? 100,
    enabled: policy.enabled ?? true,
    severities: [...(policy.severities ?? [])],
    labels: Object.entries(policy.labels ?? {}).map(([name, value]) => `${name}=${value}`),
    steps: policy.steps.map(({ after_min, targets }) => ({
      after_min: after_min ?? 0,
      targets: targets.map(keyOf),
    })),
    repeats: policy.repeats ?? 0,
    repeat_after_min: policy.repeat_after_min ?? 30,
    sla: { critical: slaOf("critical"), warning: slaOf("warning"), info: slaOf("info") },
    breach_targets: (policy.breach_targets ?? []).map(keyOf),
  };
}

/** The first `=` parts a label's name from its value; a word without one is a label with an empty value. */
export function readLabels(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf("=");
      return at === -1 ? [label.trim(), ""] : [label.slice(0, at).trim(), label.slice(at + 1).trim()];
    }),
  );
}

export function toBody(form: PolicyForm) {
  const orNull = (value: number | "") => (value === "" ? null : value);
  const kept = severities
    .map((severity) => {
      const { acknowledge_min, resolve_min } = form.sla[severity];
      return [
        severity,
        { acknowledge_min: orNull(acknowledge_min), resolve_min: orNull(resolve_min) },
      ] as const;
    })
    .filter(([, sla]) => sla.acknowledge_min !== null || sla.resolve_min !== null);
  return {
    ...form,
    labels: readLabels(form.labels),
    steps: form.steps.map(({ after_min, targets }) => ({ after_min, targets: targets.flatMap(readTarget) })),
    sla: Object.fromEntries(kept),
    breach_targets: form.breach_targets.flatMap(readTarget),
  };
}
