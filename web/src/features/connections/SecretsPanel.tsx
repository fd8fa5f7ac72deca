import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { useMay } from "@/lib/query/me";
import styles from "./connections.module.css";
import { SetSecretDialog } from "./SetSecretDialog";

/** The secrets that a connection names. A value can be set anew and is never shown. */
export function SecretsPanel({ names }: { names: readonly string[] }) {
  const { t } = useTranslation("connections");
  const [chosen, setChosen] = useState<string | null>(null);
  const maySet = useMay()("connections.write");
  return (
    <Panel title={t("secrets.title")} note={t("secrets.note")}>
      <div className={styles.inner}>
        <ul className={styles.secrets}>
          {names.map((name) => (
            <li key={name}>
              <code>{name}</code>
              {maySet ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("secrets.set")}: ${name}`}
                  onClick={() => setChosen(name)}
                >
                  {t("secrets.set")}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      </div>
      <SetSecretDialog opened={chosen !== null} name={chosen} onClose={() => setChosen(null)} />
    </Panel>
  );
}
