import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Flaw } from "@/components/schema/check";
import { useFlawText } from "@/components/schema/context";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { ApiCheck, ApiFinding } from "@/lib/api/types";
import styles from "./apis.module.css";
import { newParameter } from "./model/form";
import { undeclared } from "./model/sql";
import type { ApiEditing } from "./use-api-form";
import type { Check } from "./use-check";

interface Props {
  form: ApiEditing["form"];
  check: Check;
  readOnly: boolean;
}

/** What the server makes of the logic, and what it still lacks. */
export function Verdict({ form, check, readOnly }: Props) {
  const lacking = form.errors["sql"] ?? form.errors["logic"];
  return (
    <div className={styles.verdict}>
      <div aria-live="polite" className={styles.verdictText}>
        {lacking === undefined ? null : <span className={styles.bad}>{lacking}</span>}
        {check.data === undefined || check.error !== null ? null : <Found check={check.data} />}
        <Lacking flaws={check.local} />
      </div>
      <ProblemNotice error={check.error} />
      {readOnly ? null : <Offers form={form} />}
    </div>
  );
}

function Found({ check }: { check: ApiCheck }) {
  const { t } = useTranslation("apis");
  if (check.passes) {
    const columns = check.output.map(({ name, type }) => `${name} ${type}`).join(", ");
    return (
      <span className={styles.good}>{columns === "" ? t("logic.fine") : t("sql.gives", { columns })}</span>
    );
  }
  return (
    <ul className={styles.findings}>
      {check.findings.map((finding) => (
        <li
          key={`${finding.pointer} ${finding.code} ${finding.line}:${finding.column}`}
          className={styles.bad}
        >
          <Place finding={finding} /> {finding.message}
        </li>
      ))}
    </ul>
  );
}

/** What can be told without the server. */
function Lacking({ flaws }: { flaws: readonly Flaw[] }) {
  const text = useFlawText();
  if (flaws.length === 0) return null;
  return (
    <ul className={styles.findings}>
      {flaws.slice(0, 20).map((flaw) => (
        <li key={`${flaw.pointer} ${flaw.code ?? ""}`} className={styles.bad}>
          <code>{flaw.pointer.slice(1)}</code> {text(flaw)}
        </li>
      ))}
    </ul>
  );
}

/** Text has lines; other parts of a definition have a place in it. */
function Place({ finding: { pointer, line, column } }: { finding: ApiFinding }) {
  const { t } = useTranslation("apis");
  if (/\/(?:sql|code)$/.test(pointer) && pointer.split("/").length === 3)
    return t("sql.at", { line, column });
  return <code>{pointer.replace(/^\/logic\//, "")}</code>;
}

/** One click declares what the logic or the path already uses. */
function Offers({ form }: { form: ApiEditing["form"] }) {
  const { t } = useTranslation("apis");
  const offers = undeclared(form.values);
  if (offers.length === 0) return null;
  return (
    <div className={styles.offers}>
      {offers.map(({ name, where }) => (
        <Button
          key={name}
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => form.insertListItem("parameters", newParameter(crypto.randomUUID(), name, where))}
        >
          {t("parameters.declare", { name })}
        </Button>
      ))}
    </div>
  );
}
