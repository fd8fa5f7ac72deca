import { SegmentedControl, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { Waiting } from "@/components/state/Waiting";
import type { Finding } from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { judgedQuery } from "../queries";
import styles from "../rules.module.css";
import { RuleFormContext } from "./context";
import { KindChooser } from "./KindChooser";
import { KindFields } from "./KindFields";
import { LifeFields } from "./LifeFields";
import { SpeechFields } from "./SpeechFields";

const DocumentText = lazy(() => import("@/components/draft/DocumentText"));
const ways = ["form", "yaml", "json"] as const;
const none: never[] = [];

interface Props {
  content: JsonObject;
  readOnly?: boolean;
  onChange(content: JsonObject, label: string): void;
}

/** A rule of any kind: as a form, or as the very same document in text. Both write one draft and show the same findings. */
export function RuleEditor({ content, readOnly = false, onChange }: Props) {
  const { t } = useTranslation("rules");
  const navigate = useNavigate();
  const search: { as?: string | undefined } = useSearch({ strict: false });
  const way = ways.find((each) => each === search.as) ?? "form";
  const findings = useFindings(content);
  const form = useMemo(
    () => ({ content, findings, readOnly, change: onChange }),
    [content, findings, readOnly, onChange],
  );
  const choose = (next: string) =>
    void navigate({
      to: ".",
      search: (kept) => ({ ...kept, as: next === "form" ? undefined : next }),
      replace: true,
    });
  return (
    <Panel
      title={t("editor")}
      actions={
        <SegmentedControl
          aria-label={t("as.label")}
          size="xs"
          value={way}
          onChange={choose}
          data={ways.map((value) => ({ value, label: t(`as.${value}`) }))}
        />
      }
    >
      <div className={styles.form}>
        {way === "form" ? (
          <RuleFormContext value={form}>
            <Stack gap="md">
              <KindChooser />
              <KindFields />
              <LifeFields />
              <SpeechFields />
            </Stack>
            <Unplaced findings={findings} />
          </RuleFormContext>
        ) : (
          <Suspense fallback={<Waiting />}>
            <DocumentText
              key={way}
              format={way}
              value={content}
              flaws={findings}
              readOnly={readOnly}
              onChange={(next) => onChange(next, t("as.label"))}
            />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}

/** What the server finds in the rule a moment after it was typed; nothing is refused for it. */
function useFindings(content: JsonObject): readonly Finding[] {
  const [settled] = useDebouncedValue(content, 300);
  const { data } = useQuery({ ...judgedQuery(settled), placeholderData: (before) => before });
  return data?.findings ?? none;
}

/** Everything that is wrong, also where no field stands for the place. */
function Unplaced({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation("rules");
  if (findings.length === 0) return null;
  return (
    <ul className={styles.findings} aria-label={t("findings")} aria-live="polite">
      {findings.map(({ pointer, message }) => (
        <li key={`${pointer} ${message}`} className={styles.bad}>
          {pointer === "" ? null : <code>{pointer}</code>} {message}
        </li>
      ))}
    </ul>
  );
}
