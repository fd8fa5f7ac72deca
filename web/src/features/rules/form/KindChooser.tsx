import {
  IconBellOff,
  IconChartBar,
  IconClock,
  IconLayersIntersect,
  IconListNumbers,
  IconRuler2,
  IconWaveSine,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Kind, kindOf, kinds, switched } from "../model/document";
import styles from "../rules.module.css";
import { useRuleForm } from "./context";
import looks from "./form.module.css";

const icons: Record<Kind, typeof IconRuler2> = {
  threshold: IconRuler2,
  aggregate: IconChartBar,
  sequence: IconListNumbers,
  absence: IconBellOff,
  anomaly: IconWaveSine,
  schedule: IconClock,
  composite: IconLayersIntersect,
};

/** The seven kinds, each with what it is for and an example. */
export function KindChooser() {
  const { t } = useTranslation("rules");
  const { content, readOnly, change } = useRuleForm();
  const chosen = kindOf(content);
  return (
    <fieldset className={looks.kinds} disabled={readOnly}>
      <legend className={looks.legend}>{t("kind.legend")}</legend>
      {kinds.map((kind) => {
        const Icon = icons[kind];
        return (
          <label key={kind} className={looks.kind} data-chosen={kind === chosen || undefined}>
            <input
              type="radio"
              name="kind"
              checked={kind === chosen}
              aria-label={t(`kind.${kind}.name`)}
              onChange={() => change(switched(content, kind), t("kind.legend"))}
            />
            <Icon size={18} aria-hidden />
            <span className={looks.kindName}>{t(`kind.${kind}.name`)}</span>
            <span className={styles.note}>{t(`kind.${kind}.text`)}</span>
            <span className={looks.example}>{t(`kind.${kind}.example`)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
