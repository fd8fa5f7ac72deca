import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Inspector, InspectorSection } from "@/components/inspector/Inspector";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { Pairs } from "@/components/status/Pairs";
import { StatusBadge } from "@/components/status/StatusBadge";
import { api, dataOf } from "@/lib/api/client";
import type { Question, Reference, ReferenceRun } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import styles from "./ask.module.css";
import evidenceStyles from "./evidence.module.css";
import { differenceText, outcomeOf, parameterTexts } from "./model/answer";
import { Rows } from "./Rows";

interface Props {
  question: Question;
  reference: Reference;
  onClose(): void;
}

/** The query behind a number, what it returned then, and, at a click, what it returns now. */
export function ReferenceDetails({ question, reference, onClose }: Props) {
  const { t } = useTranslation("ask");
  const again = useMutation({
    mutationFn: () =>
      dataOf<ReferenceRun>(
        api.POST("/api/v1/questions/{question_id}/references/{reference_id}/run", {
          params: { path: { question_id: question.id, reference_id: reference.id } },
        }),
      ),
  });
  return (
    <Inspector
      title={reference.title}
      badges={<code className={styles.note}>{reference.id}</code>}
      onClose={onClose}
    >
      <Then reference={reference} />
      <div>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          {t("reference.run")}
        </Button>
      </div>
      <ProblemNotice error={again.error} />
      <div aria-live="polite">{again.data === undefined ? null : <Now run={again.data} />}</div>
      <InspectorSection title={t("reference.sql")}>
        <pre className={evidenceStyles.sql}>{reference.sql}</pre>
      </InspectorSection>
      <InspectorSection title={t("reference.parameters")}>
        <Pairs
          pairs={parameterTexts(reference.parameters).map(([name, text]) => [
            name,
            <code key={name}>{text}</code>,
          ])}
        />
      </InspectorSection>
      <InspectorSection title={t("reference.rows")}>
        <Rows columns={reference.columns} rows={reference.rows} count={reference.row_count} />
      </InspectorSection>
    </Inspector>
  );
}

function Then({ reference }: { reference: Reference }) {
  const { t, i18n } = useTranslation("ask");
  const { value, unit } = reference;
  return (
    <Pairs
      pairs={[
        [
          t("reference.value"),
          value === null || value === undefined ? null : showText(value, unit, i18n.language),
        ],
        [t("reference.ranAt"), dateTime(new Date(reference.ran_at), i18n.language)],
        [t("reference.took"), showText(reference.took_ms, "ms", i18n.language)],
        [t("reference.count"), reference.row_count.toLocaleString(i18n.language)],
      ]}
    />
  );
}

const tones = { same: "ok", value: "warn", rows: "info" } as const;

function Now({ run }: { run: ReferenceRun }) {
  const { t, i18n } = useTranslation("ask");
  const outcome = outcomeOf(run);
  const shown = (value: number | null) => (value === null ? null : showText(value, run.unit, i18n.language));
  return (
    <section className={evidenceStyles.now} aria-label={t("reference.now")}>
      <StatusBadge plain tone={tones[outcome]} label={t(`outcome.${outcome}`)} />
      <Pairs
        pairs={[
          [
            t("reference.fresh"),
            <strong key="fresh" className="num">
              {shown(run.value) ?? "–"}
            </strong>,
          ],
          [t("reference.stored"), shown(run.stored_value)],
          [t("reference.difference"), differenceText(run.difference, run.unit, i18n.language)],
          [t("reference.ranAt"), dateTime(new Date(run.ran_at), i18n.language)],
          [t("reference.took"), showText(run.took_ms, "ms", i18n.language)],
          [t("reference.count"), run.row_count.toLocaleString(i18n.language)],
        ]}
      />
      {outcome === "same" ? null : <Rows columns={run.columns} rows={run.rows} count={run.row_count} />}
    </section>
  );
}
