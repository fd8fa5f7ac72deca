import { Button } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Flaw, flawOf, inputsIn } from "../model/form";
import type { PageStore } from "../model/page-store";
import { type Around, AroundContext, useAround, usePage } from "../page";
import { resolved } from "../resolve";
import styles from "../runtime.module.css";
import type { Of } from "../types";
import { useTruth, useWords } from "../use-bound";
import { FormContext } from "./form-context";

/** What is filled in belongs to the form until it is sent; its fields are told what is wrong with them. */
export function FormPart({ node }: { node: Of<"form"> }) {
  const { t } = useTranslation("screens");
  const { run, store, Parts } = usePage();
  const outer = useAround();
  const [values, setValues] = useState<Record<string, unknown>>(() => initialOf(node));
  const [flaws, setFlaws] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const blocked = useTruth(node.disabled_while, false);
  const label = useWords(node.label);
  const submitLabel = useWords(node.submit_label);
  const around = useMemo(() => ({ ...outer, values }), [outer, values]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    try {
      const found = await flawsOf(node, { values, store, around, say: (flaw) => t(`flaw.${flaw}`) });
      setFlaws(found);
      const [first] = Object.keys(found);
      if (first !== undefined)
        form.querySelector<HTMLElement>(`[data-field="${first}"] :is(input,textarea)`)?.focus();
      else if ((await run(node.submit, { values }, around)) && node.reset) setValues(initialOf(node));
    } finally {
      setBusy(false);
    }
  };
  const context = useMemo(
    () => ({
      values,
      flaws,
      write: (id: string, value: unknown) => {
        setValues((kept) => ({ ...kept, [id]: value }));
        setFlaws(({ [id]: _, ...others }) => others);
      },
    }),
    [values, flaws],
  );
  return (
    <form
      className={styles.column}
      data-gap="medium"
      aria-label={label}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <AroundContext.Provider value={around}>
        <FormContext.Provider value={context}>
          <Parts nodes={node.children} />
        </FormContext.Provider>
      </AroundContext.Provider>
      <Button type="submit" loading={busy} disabled={blocked} style={{ alignSelf: "start" }}>
        {submitLabel === "" ? t("submit") : submitLabel}
      </Button>
    </form>
  );
}

interface Filled {
  values: Readonly<Record<string, unknown>>;
  store: PageStore;
  around: Around;
  say(flaw: Flaw): string;
}

/** What is wrong, by the input's id: the form's own rules first, then what the document says. */
async function flawsOf(
  node: Of<"form">,
  { values, store, around, say }: Filled,
): Promise<Record<string, string>> {
  const told = inputsIn(node.children).map(async (input): Promise<[string, string | null]> => {
    const value = input.state ? store.read().state[input.state] : values[input.id];
    const ask = (text: unknown) => resolved(text, store, { ...around, value }).catch(() => null);
    const flaw = flawOf(input, value, Boolean(await ask(input.required ?? false)));
    if (flaw !== null) return [input.id, say(flaw)];
    const problem = input.problem ? await ask(input.problem) : null;
    return [input.id, typeof problem === "string" && problem !== "" ? problem : null];
  });
  const found = await Promise.all(told);
  return Object.fromEntries(found.filter((each): each is [string, string] => each[1] !== null));
}

function initialOf(node: Of<"form">): Record<string, unknown> {
  return Object.fromEntries(inputsIn(node.children).map((input) => [input.id, input.initial ?? null]));
}
