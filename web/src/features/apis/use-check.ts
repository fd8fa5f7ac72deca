import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { logicOf, toParameters } from "./model/form";
import { isJudgeable } from "./model/logic";
import { checkQuery } from "./queries";
import type { ApiEditing } from "./use-api-form";

/** The server's verdict on what is on screen, a moment after it was typed. */
export function useCheck(form: ApiEditing["form"], readOnly: boolean) {
  const [settled] = useDebouncedValue(form.values, 250);
  const logic = logicOf(settled);
  return useQuery({
    ...checkQuery(logic, toParameters(settled.parameters)),
    enabled: !readOnly && isJudgeable(logic),
  });
}

export type Check = ReturnType<typeof useCheck>;
