import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { TracePart } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { toneOf } from "./looks";
import styles from "./traces.module.css";

/** The parts of a trace (requests, jobs, errors of pages) and the versions of assets that were in force. */
export function Parts({ parts }: { parts: readonly TracePart[] }) {
  const { t, i18n } = useTranslation("traces");
  const assets = new Map(
    parts.flatMap((part) => part.assets.map((each) => [`${each.kind} ${each.name} ${each.version}`, each])),
  );
  return (
    <>
      <Panel title={t("assets")}>
        <ul className={styles.list}>
          {assets.size === 0 ? <li className={styles.note}>{t("noAssets")}</li> : null}
          {[...assets].map(([key, asset]) => (
            <li key={key}>
              {asset.kind}{" "}
              {asset.id === null ? (
                asset.name
              ) : (
                <Link className={styles.link} to="/traces" search={{ asset: [asset.id] }}>
                  {asset.name}
                </Link>
              )}{" "}
              {asset.version === 0 ? t("draft") : t("common:object.version", { version: asset.version })}
            </li>
          ))}
        </ul>
      </Panel>
      {parts.length < 2 ? null : (
        <Panel title={t("parts")}>
          <ul className={styles.list}>
            {parts.map((part) => (
              <li key={part.id}>
                <StatusBadge plain tone={toneOf[part.status]} label={t(`kind.${part.kind}`)} /> {part.name}{" "}
                <span className={styles.note}>{showText(part.duration_ms, "ms", i18n.language)}</span>
                {part.kind === "page" ? <code className={styles.family}>{part.detail}</code> : null}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
