import { CloseButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCircle, IconCircleCheck } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { api } from "@/lib/api/client";
import { useMay } from "@/lib/query/me";
import styles from "./home.module.css";
import { allDone, isAdded, isPublished, type StepId, steps } from "./model/checklist";

const few = { params: { query: { limit: 50 } } };

/** The first steps after setting up; it goes when all are done, or when it is closed. */
export function Checklist({ measured }: { measured: boolean }) {
  const { t } = useTranslation("home");
  const [closed, setClosed] = useLocalStorage({
    key: "opsloom-checklist-closed",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const counts = useCounts(!closed);
  if (closed || counts === null) return null;
  const list = steps({ measured, ...counts });
  if (allDone(list)) return null;
  return (
    <Panel
      title={t("first.title", { done: list.filter(({ done }) => done).length, count: list.length })}
      actions={<CloseButton size="sm" aria-label={t("first.close")} onClick={() => setClosed(true)} />}
    >
      <ol className={styles.steps}>
        {list.map(({ id, done }) => (
          <li key={id} data-done={done || undefined}>
            {done ? (
              <IconCircleCheck size={16} color="var(--ol-ok)" aria-label={t("first.done")} />
            ) : (
              <IconCircle size={16} aria-label={t("first.open")} />
            )}
            <StepName id={id} done={done} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** Where each step is taken; a done one is only told. */
const places: Partial<Record<StepId, LinkProps["to"]>> = {
  monitor: "/inventory",
  rule: "/rules/new",
  channel: "/channels",
  api: "/apis/new",
  team: "/admin/users",
};

function StepName({ id, done }: { id: StepId; done: boolean }) {
  const { t } = useTranslation("home");
  const to = places[id];
  const name = t(`first.step.${id}`);
  return done || to === undefined ? name : <Link to={to}>{name}</Link>;
}

type Counts = { rules: number | null; channels: number | null; apis: number | null; users: number | null };

/** How many of each there are that somebody made; null for what the reader may not see. Null altogether while loading. */
function useCounts(active: boolean): Counts | null {
  const may = useMay();
  const count = <T,>(
    allowed: boolean,
    key: string,
    ask: () => Promise<{ data?: { items: T[] } }>,
    counts: (one: T) => boolean = () => true,
  ) => ({
    queryKey: [key, "first-steps"],
    queryFn: async () => (allowed ? ((await ask()).data?.items.filter(counts).length ?? 0) : null),
    enabled: active,
    staleTime: 30_000,
  });
  const [rules, channels, apis, users] = useQueries({
    queries: [
      count(may("rules.read"), "rules", () => api.GET("/api/v1/rules", few)),
      count(may("channels.read"), "channels", () => api.GET("/api/v1/channels", few), isAdded),
      count(may("apis.read"), "apis", () => api.GET("/api/v1/apis", few), isPublished),
      count(may("users.read"), "users", () => api.GET("/api/v1/users", few)),
    ],
  });
  const all = { rules, channels, apis, users };
  if (Object.values(all).some(({ isPending }) => isPending)) return null;
  return {
    rules: rules.data ?? null,
    channels: channels.data ?? null,
    apis: apis.data ?? null,
    users: users.data ?? null,
  };
}
