import { Button, NativeSelect } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChangeList } from "@/components/diff/ChangeList";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiComparison, ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import styles from "../apis.module.css";
import { statusTone } from "../model/results";
import { versionsQuery } from "../queries";
import looks from "./log.module.css";
import { whyNotAgain } from "./model";
import { rerun } from "./queries";

/** Makes a logged call again by its version and by another one, and shows what differs. */
export function Rerun({ run }: { run: ApiRunLog }) {
  const { t } = useTranslation("apilog");
  const why = whyNotAgain(run);
  return (
    <Panel title={t("again.title")} note={t("again.note")}>
      <div className={styles.inner}>
        {why === null && run.api_id !== null ? (
          <Compare run={run} apiId={run.api_id} />
        ) : (
          <p className={looks.note}>{t(`again.why.${why ?? "noApi"}`)}</p>
        )}
      </div>
    </Panel>
  );
}

function Compare({ run, apiId }: { run: ApiRunLog; apiId: string }) {
  const { t } = useTranslation("apilog");
  const versions = useQuery(versionsQuery(apiId));
  const [chosen, setChosen] = useState("draft");
  const again = useMutation({ mutationFn: () => rerun(run.id, chosen === "draft" ? null : Number(chosen)) });
  return (
    <>
      <div className={looks.choose}>
        <NativeSelect
          label={t("again.with")}
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            again.reset();
          }}
          data={[
            { value: "draft", label: t("draft") },
            ...(versions.data?.items ?? []).map(({ version, is_published }) => ({
              value: String(version),
              label: `${t("common:object.version", { version })}${is_published ? ` · ${t("again.served")}` : ""}`,
            })),
          ]}
        />
        <Button
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          {t("again.run")}
        </Button>
      </div>
      <ProblemNotice error={again.error} />
      {again.data === undefined ? null : <Compared found={again.data} />}
    </>
  );
}

function Compared({ found }: { found: ApiComparison }) {
  const { t } = useTranslation("apilog");
  const { added, removed, changed, moved } = found;
  return (
    <div data-testid="comparison" className={styles.stack}>
      <div className={looks.sides}>
        <Side side={found.before} title={t("again.before")} />
        <Side side={found.after} title={t("again.after")} />
      </div>
      {found.comparable ? (
        <>
          <p className={looks.note}>
            {t("again.summary", { added, removed, changed, moved })}
            {found.complete ? "" : ` ${t("again.cut")}`}
          </p>
          <div className={looks.changes}>
            <ChangeList changes={found.changes} none={t("again.same")} />
          </div>
        </>
      ) : (
        <p className={looks.bad}>{t("again.notComparable")}</p>
      )}
    </div>
  );
}

function Side({ side, title }: { side: ApiComparison["before"]; title: string }) {
  const { t, i18n } = useTranslation("apilog");
  const version = side.version === 0 ? t("draft") : t("common:object.version", { version: side.version });
  return (
    <section>
      <h3>
        {title} · {version}
      </h3>
      <p className="num">
        <StatusBadge plain tone={statusTone(side.status)} label={String(side.status)} />{" "}
        {side.code === "" ? (
          <>
            {t("again.rows", { count: side.row_count })} · {showText(side.total_ms, "ms", i18n.language)} ·{" "}
            {showText(side.bytes, "bytes", i18n.language)}
          </>
        ) : (
          <>
            <code>{side.code}</code> {side.detail}
          </>
        )}
      </p>
    </section>
  );
}
