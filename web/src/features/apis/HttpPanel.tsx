import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { SchemaForm } from "@/components/schema/SchemaForm";
import { Waiting } from "@/components/state/Waiting";
import { isObject, type Json } from "@/lib/json/pointer";
import styles from "./apis.module.css";
import { documentOf, type Logic, logicFrom } from "./model/logic";
import { partOf } from "./model/schema";
import { apiSchemaQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";
import { useCheck } from "./use-check";
import { Verdict } from "./Verdict";

const LogicText = lazy(() => import("./editor/LogicText"));

interface Props {
  editing: ApiEditing;
  logic: Logic;
  readOnly: boolean;
}

/** A call of an upstream, as a form or as the very same JSON. */
export function HttpPanel({ editing: { form }, logic, readOnly }: Props) {
  const { t } = useTranslation("apis");
  const [way, setWay] = useState<"form" | "json">("form");
  const schema = useQuery(apiSchemaQuery);
  const part = useMemo(() => partOf(schema.data ?? null, "HttpLogic", ["type"]), [schema.data]);
  const whole = useMemo(() => partOf(schema.data ?? null, "HttpLogic", []), [schema.data]);
  const check = useCheck(form, readOnly, whole);
  const { flaws } = check;
  const document = useMemo(() => documentOf(logic), [logic]);
  const change = (next: Json) => {
    const usable = logicFrom(next, "http");
    if (usable !== null) form.setFieldValue("logic", usable);
    return usable !== null;
  };
  const shown = part === null && !schema.isPending ? "json" : way;
  return (
    <Panel
      title={t("http.title")}
      note={t("http.note", { expression: "{{ JSONata }}" })}
      actions={
        <SegmentedControl
          aria-label={t("logic.as")}
          size="xs"
          value={shown}
          onChange={(next) => setWay(next === "json" ? "json" : "form")}
          data={(["form", "json"] as const).map((value) => ({ value, label: t(`logic.${value}`) }))}
        />
      }
    >
      {shown === "json" ? (
        <Suspense fallback={<Waiting />}>
          <LogicText value={document} flaws={flaws} readOnly={readOnly} onChange={change} />
        </Suspense>
      ) : (
        <div className={styles.inner}>
          {part === null ? (
            <Waiting />
          ) : (
            <SchemaForm
              schema={part}
              value={document}
              flaws={flaws}
              readOnly={readOnly}
              onChange={(next) => {
                if (isObject(next)) change(next);
              }}
            />
          )}
        </div>
      )}
      <Verdict form={form} check={check} readOnly={readOnly} />
    </Panel>
  );
}
