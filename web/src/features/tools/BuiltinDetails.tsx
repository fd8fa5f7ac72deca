import { Code } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Inspector } from "@/components/inspector/Inspector";
import { CopyText } from "@/components/status/CopyText";
import type { BuiltinTool } from "@/lib/api/types";
import { pretty } from "./model";
import styles from "./tools.module.css";

/** An ability that comes with Opsloom: what it does, what it takes, who may use it. */
export function BuiltinDetails({ tool, onClose }: { tool: BuiltinTool; onClose(): void }) {
  const { t } = useTranslation("tools");
  return (
    <Inspector title={tool.title} onClose={onClose}>
      <div className={styles.inner}>
        <CopyText text={tool.name} />
        <p className={styles.plain}>{tool.description}</p>
        <p className={styles.note}>
          {t("field.whenToUse")}: {tool.when_to_use}
        </p>
        <p className={styles.note}>{t("needs", { permission: tool.permission })}</p>
        <h3 className={styles.heading}>{t("field.input")}</h3>
        <Code block className={styles.code} tabIndex={0}>
          {pretty(tool.input_schema as never)}
        </Code>
      </div>
    </Inspector>
  );
}
