import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiReference } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import looks from "../apis.module.css";
import { ChangeLog } from "../changes/ChangeLog";
import { Consumers } from "../changes/Consumers";
import { callOf } from "../model/snippets";
import { Snippets } from "../Snippets";
import { Fields } from "./Fields";
import { Parameters } from "./Parameters";
import styles from "./reference.module.css";

/** One published API: what to send, what comes back, what may go wrong, what it was before. */
export function Article({ shown }: { shown: ApiReference }) {
  const { t } = useTranslation("apis");
  const values = shown.examples[0]?.parameters ?? {};
  return (
    <article className={styles.stack} aria-label={shown.name}>
      <Head shown={shown} />
      <Panel title={t("reference.call")}>
        <div className={styles.inner}>
          <Snippets call={callOf(shown.url, shown.method, shown.parameters, values)} />
        </div>
      </Panel>
      <Panel title={t("reference.parameters")}>
        <div className={styles.inner}>
          <Parameters parameters={shown.parameters} />
        </div>
      </Panel>
      <Panel title={t("reference.answer")}>
        <div className={styles.inner}>
          <Fields schema={shown.answer_schema} />
          <p className={styles.note}>
            {t("reference.formats")}: {shown.media_types.join(", ")}
          </p>
        </div>
      </Panel>
      <Examples shown={shown} />
      <Errors shown={shown} />
      <Panel title={t("changes.users")}>
        <div className={styles.inner}>
          <Consumers users={shown.used_by} hidden={shown.used_by_hidden} />
        </div>
      </Panel>
      <Panel title={t("reference.log")}>
        <div className={styles.inner}>
          <ChangeLog apiId={shown.id} />
        </div>
      </Panel>
    </article>
  );
}

function Head({ shown }: { shown: ApiReference }) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={shown.name} note={t("reference.version", { version: shown.version })}>
      <div className={styles.inner}>
        <p className={styles.address}>
          <strong>{shown.method}</strong> <code>{shown.url}</code>
        </p>
        {shown.description === "" ? null : <p className={styles.text}>{shown.description}</p>}
        <p className={styles.note}>{useLimits(shown).join(" · ")}</p>
        <p className={styles.note}>
          <Link to="/apis/$apiId" params={{ apiId: shown.id }} className={looks.link}>
            {t("reference.edit")}
          </Link>
        </p>
      </div>
    </Panel>
  );
}

function useLimits({ limits }: ApiReference): string[] {
  const { t, i18n } = useTranslation("apis");
  const { caller_rate: caller, tenant_rate: tenant } = limits;
  return [
    t("reference.rows", { count: limits.max_rows ?? 0 }),
    t("reference.time", { text: showText(limits.timeout_ms ?? 0, "ms", i18n.language) }),
    ...(caller === null || caller === undefined ? [] : [t("reference.rateCaller", { count: caller })]),
    ...(tenant === null || tenant === undefined ? [] : [t("reference.rate", { count: tenant })]),
  ];
}

function Examples({ shown }: { shown: ApiReference }) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={t("reference.examples")}>
      <div className={styles.inner}>
        {shown.examples.map((example, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: examples have no name of their own and never move
          <section key={at} className={styles.inner}>
            <h3 className={styles.heading}>
              {example.name} <StatusBadge plain tone="idle" label={t(`reference.source.${example.source}`)} />
            </h3>
            <Json value={example.parameters} />
            {example.answer === null || example.answer === undefined ? null : <Json value={example.answer} />}
          </section>
        ))}
      </div>
    </Panel>
  );
}

function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={styles.code} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

function Errors({ shown }: { shown: ApiReference }) {
  const { t } = useTranslation("apis");
  return (
    <Panel title={t("reference.errors")}>
      <div className={`${styles.inner} ${styles.scroll}`}>
        <table className={styles.table}>
          <tbody>
            {shown.errors.map(({ status, code, text }) => (
              <tr key={status}>
                <th scope="row" className="num">
                  {status}
                </th>
                <td>
                  <code>{code}</code>
                </td>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
