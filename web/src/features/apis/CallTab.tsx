import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import type { Api } from "@/lib/api/types";
import { AsTool } from "./AsTool";
import styles from "./apis.module.css";
import { callWith, type Typed } from "./model/calls";
import { Snippets } from "./Snippets";

/** How to call it from elsewhere, with the values of the Test tab filled in. */
export function CallTab({ shown, values }: { shown: Api; values: Typed }) {
  const { t } = useTranslation("apis");
  const call = callWith(shown.url, shown.definition, values);
  const publicly: [string, ReactNode] = [t("call.public"), t("call.publicText")];
  const streaming: [string, ReactNode] = [t("call.streams"), t("call.streamsText")];
  return (
    <div className={styles.inner}>
      {shown.published_version === null ? <p className={styles.warn}>{t("call.notServed")}</p> : null}
      <Pairs
        pairs={[
          [t("call.address"), <CopyText key="url" text={call.address} />],
          ...(shown.definition.auth.callers === "public" ? [publicly] : []),
          [
            t("call.key"),
            <Link key="keys" to="/admin/keys" className={styles.link}>
              {t("call.makeKey")}
            </Link>,
          ],
          [t("call.formats"), t("call.formatsText")],
          ...(shown.definition.stream ? [streaming] : []),
        ]}
      />
      <Snippets call={call} />
      <AsTool shown={shown} />
    </div>
  );
}
