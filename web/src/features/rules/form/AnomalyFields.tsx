import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isObject, type JsonObject } from "@/lib/json/pointer";
import { ConditionField } from "./ConditionField";
import { useField } from "./context";
import { ChoiceField, NumberField, TextField } from "./fields";
import looks from "./form.module.css";

const detectors = ["calibrated", "zscore", "mad", "iqr", "ema", "rate", "flat"] as const;
type Detector = (typeof detectors)[number];

/** What a detector may be told, with what it takes by itself. */
const settings: Record<
  Detector,
  readonly [name: "score" | "limit" | "points" | "weight" | "tolerance", usual: number][]
> = {
  calibrated: [["score", 5.3]],
  zscore: [
    ["limit", 3],
    ["points", 60],
  ],
  mad: [
    ["limit", 3],
    ["points", 60],
  ],
  iqr: [
    ["limit", 3],
    ["points", 60],
  ],
  ema: [
    ["limit", 3],
    ["weight", 0.1],
  ],
  rate: [["limit", 1]],
  flat: [
    ["points", 30],
    ["tolerance", 0],
  ],
};

/** Which number is compared with its own past, and how. */
export function AnomalyFields() {
  const { t } = useTranslation("rules");
  const { value, readOnly, set } = useField("/detector", t("field.detector"));
  const type = isObject(value)
    ? (detectors.find((each) => each === value["type"]) ?? "calibrated")
    : "calibrated";
  const choose = (next: Detector): JsonObject => ({ type: next, ...(next === "rate" ? { limit: 1 } : {}) });
  return (
    <>
      <div className={looks.grid}>
        <TextField pointer="/of" label={t("field.of")} hint={t("ofHint")} />
        <NativeSelect
          label={t("field.detector")}
          description={t(`detector.${type}.text`)}
          disabled={readOnly}
          value={type}
          data={detectors.map((each) => ({ value: each, label: t(`detector.${each}.name`) }))}
          onChange={(event) =>
            set(choose(detectors.find((each) => each === event.currentTarget.value) ?? "calibrated"))
          }
        />
        {settings[type].map(([name, usual]) => (
          <NumberField
            key={`${type} ${name}`}
            pointer={`/detector/${name}`}
            label={t(`setting.${name}`)}
            usual={usual}
          />
        ))}
        <ChoiceField
          pointer="/direction"
          label={t("field.direction")}
          usual="both"
          options={(["both", "up", "down"] as const).map((each) => ({
            value: each,
            label: t(`direction.${each}`),
          }))}
        />
        <NumberField pointer="/warm_up" label={t("field.warmUp")} hint={t("warmUpHint")} usual={300} />
      </div>
      <ConditionField pointer="/condition" label={t("field.counts")} hint={t("countsHint")} optional />
    </>
  );
}
