import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Flaw, flawsOf } from "@/components/schema/check";
import type { Schema } from "@/components/schema/fields";
import { logicOf, toParameters } from "./model/form";
import { documentOf, isJudgeable, logicFlaws } from "./model/logic";
import { checkQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

const noFlaws: readonly Flaw[] = [];

/**
 * The verdict on what is on screen, a moment after it was typed. With a schema, what lacks something that the browser can tell
 * itself is not sent: the server could only refuse to read it.
 */
export function useCheck(form: ApiEditing["form"], readOnly: boolean, schema: Schema | null = null) {
  const [settled] = useDebouncedValue(form.values, 250);
  const logic = useMemo(() => logicOf(settled), [settled]);
  const local = useMemo(
    () => (schema === null ? noFlaws : flawsOf(documentOf(logic), schema)),
    [schema, logic],
  );
  const sent = !readOnly && isJudgeable(logic) && local.length === 0;
  const query = useQuery({ ...checkQuery(logic, toParameters(settled.parameters)), enabled: sent });
  const data = sent ? query.data : undefined;
  const error = sent ? query.error : null;
  const flaws = useMemo(
    () => (local.length > 0 ? local : logicFlaws(error, data?.findings ?? [])),
    [local, error, data],
  );
  return { data, error, local, flaws };
}

export type Check = ReturnType<typeof useCheck>;
