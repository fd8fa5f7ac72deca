import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StateView } from "@/components/state/StateView";
import styles from "./ask.module.css";
import { suggestionsQuery } from "./queries";
import type { Wanted } from "./use-ask";

/** What may be asked here: about things that this tenant really has. */
export function Suggestions({ onAsk }: { onAsk(wanted: Wanted): void }) {
  const { t, i18n } = useTranslation("ask");
  const suggestions = useQuery(suggestionsQuery(i18n.language));
  return (
    <Panel title={t("examples.title")}>
      <StateView query={suggestions} compact>
        {(rows) => (
          <ul className={styles.examples}>
            {rows.map(({ text }) => (
              <li key={text}>
                <Button variant="subtle" onClick={() => onAsk({ text })}>
                  {text}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </StateView>
    </Panel>
  );
}
