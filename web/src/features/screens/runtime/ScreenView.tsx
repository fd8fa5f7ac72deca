import { Button, Group, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { createApi } from "@/lib/api/client";
import { screensQuery } from "../queries";
import { effectsOf } from "./effects";
import { runChain } from "./model/chain";
import { PageStore } from "./model/page-store";
import { Parts } from "./Part";
import { type PageAccess, PageContext } from "./page";
import { QueryRunner } from "./QueryRunner";
import { atMost } from "./queries";
import styles from "./runtime.module.css";
import { noData, type ScreenShown } from "./types";

interface Props {
  shown: ScreenShown;
  /** What the address says. */
  search: Readonly<Record<string, unknown>>;
}

interface Asking {
  text: string;
  dangerous: boolean;
  answer(yes: boolean): void;
}

/** A screen as its viewers see it: its state, its queries and its components. */
export function ScreenView({ shown, search }: Props) {
  const { i18n } = useTranslation("screens");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asking | null>(null);
  const language = i18n.language.startsWith("ko") ? "ko" : "en";
  const [store] = useState(() => new PageStore(startOf(shown, search)));
  useEffect(() => {
    for (const [name, value] of Object.entries(parametersOf(shown, search)))
      store.set("parameters", name, value);
  }, [search, shown, store]);
  const page = useMemo<PageAccess>(() => {
    const api = createApi("/", (request) => {
      request.headers.set(atMost, shown.permissions.join(","));
      return fetch(request);
    });
    const refresh = (names: readonly string[]) => {
      const wanted = names.length === 0 ? Object.keys(shown.document.data ?? {}) : names;
      for (const name of wanted)
        void client.invalidateQueries({ queryKey: ["screen", shown.slug, shown.version, name] });
    };
    const effects = effectsOf(
      { shown, api, store, language, refresh },
      {
        navigate: async (to) =>
          "path" in to
            ? navigate({ href: to.path })
            : navigate({ to: "/s/$slug", params: { slug: to.slug }, search: to.parameters } as never),
        confirm: (text, dangerous) =>
          new Promise((answer) => {
            setAsking({ text, dangerous, answer });
          }),
        slugOf: async (key) =>
          (await client.ensureQueryData(screensQuery)).find((each) => each.key === key)?.slug ?? null,
      },
    );
    return {
      shown,
      api,
      store,
      language,
      refresh,
      Parts,
      run: async (chain, event, around) => {
        if (chain === undefined) return true;
        const log = await runChain(chain, { event, result: null, around }, effects);
        return log.every(({ outcome }) => outcome === "done" || outcome === "left_out");
      },
    };
  }, [shown, store, language, client, navigate]);
  const answer = (yes: boolean) => {
    asking?.answer(yes);
    setAsking(null);
  };
  return (
    <PageContext.Provider value={page}>
      {Object.entries(shown.document.data ?? {}).map(([name, query]) => (
        <QueryRunner key={name} name={name} query={query} />
      ))}
      <div className={styles.screen} data-width={shown.document.width}>
        <Parts nodes={shown.document.root === undefined ? [] : [shown.document.root]} />
      </div>
      <Question asking={asking} onAnswer={answer} />
    </PageContext.Provider>
  );
}

function Question({ asking, onAnswer }: { asking: Asking | null; onAnswer(yes: boolean): void }) {
  const { t } = useTranslation("screens");
  return (
    <Modal opened={asking !== null} onClose={() => onAnswer(false)} title={t("confirm.title")}>
      <p>{asking?.text}</p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => onAnswer(false)}>
          {t("confirm.no")}
        </Button>
        <Button {...(asking?.dangerous ? { color: "danger" } : {})} onClick={() => onAnswer(true)}>
          {t("confirm.yes")}
        </Button>
      </Group>
    </Modal>
  );
}

function startOf(shown: ScreenShown, search: Readonly<Record<string, unknown>>) {
  const { state = {}, data = {} } = shown.document;
  return {
    state: Object.fromEntries(Object.entries(state).map(([name, each]) => [name, each.initial ?? null])),
    data: Object.fromEntries(Object.keys(data).map((name) => [name, noData])),
    parameters: parametersOf(shown, search),
    open: Object.fromEntries(
      Object.entries(data).map(([name, query]) => [
        `stream:${name}`,
        query.type !== "stream" || query.on !== false,
      ]),
    ),
  };
}

/** The declared parameters, read from the address in their own kind. */
export function parametersOf({ document }: ScreenShown, search: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    (document.parameters ?? []).map(({ name, kind, initial }) => {
      const given = search[name];
      if (given === undefined || given === "") return [name, initial ?? null];
      if (kind === "number")
        return [name, Number.isFinite(Number(given)) ? Number(given) : (initial ?? null)];
      if (kind === "boolean") return [name, given === true || given === "true"];
      return [name, String(given)];
    }),
  );
}
