import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CopyText } from "@/components/status/CopyText";
import { Pairs } from "@/components/status/Pairs";
import type { Api } from "@/lib/api/types";
import styles from "./apis.module.css";
import { addressOf, curlOf, type Typed } from "./model/calls";

/** How to call it from elsewhere, with the values of the Test tab filled in. */
export function CallTab({ shown, values }: { shown: Api; values: Typed }) {
  const { t } = useTranslation("apis");
  const clipboard = useClipboard({ timeout: 1500 });
  const command = curlOf(shown.url, shown.definition, values);
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <div className={styles.inner}>
      {shown.published_version === null ? <p className={styles.warn}>{t("call.notServed")}</p> : null}
      <Pairs
        pairs={[
          [t("call.address"), <CopyText key="url" text={addressOf(shown.url, shown.definition, values)} />],
          [
            t("call.key"),
            <Link key="keys" to="/admin/keys" className={styles.link}>
              {t("call.makeKey")}
            </Link>,
          ],
          [t("call.formats"), t("call.formatsText")],
        ]}
      />
      <div className={styles.command}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <pre tabIndex={0} data-testid="curl">
          {command}
        </pre>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => clipboard.copy(command)}
        >
          {clipboard.copied ? t("common:action.copied") : t("call.copy")}
        </Button>
      </div>
    </div>
  );
}
