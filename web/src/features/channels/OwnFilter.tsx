import { Checkbox, Stack, Switch, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./channels.module.css";
import { type ChannelForm, labelsFrom, labelTexts, type OwnRoute } from "./model";

const states = ["firing", "acknowledged", "resolved", "expired"] as const;
const severities = ["critical", "warning", "info"] as const;

interface Props {
  form: ChannelForm;
  onChange(form: ChannelForm): void;
}

/** What a channel takes by itself, where neither a rule nor a route names it. */
export function OwnFilter({ form, onChange }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  const { route } = form;
  const set = (part: Partial<OwnRoute>) => onChange({ ...form, route: { ...route, ...part } });
  return (
    <fieldset className={styles.filter}>
      <legend>{t("filter.title")}</legend>
      <Stack gap="sm">
        <Checkbox.Group
          label={t("filter.states")}
          description={t("filter.all")}
          value={route.states ?? []}
          onChange={(next) => set({ states: states.filter((each) => next.includes(each)) })}
        >
          <Stack gap={6} mt={6}>
            {states.map((each) => (
              <Checkbox key={each} value={each} label={t(`filter.state.${each}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Switch
          label={t("filter.onlyNamed")}
          description={t("filter.onlyNamedHint")}
          checked={route.only_named === true}
          onChange={(event) => set({ only_named: event.currentTarget.checked })}
        />
        {route.only_named === true ? null : (
          <>
            <Checkbox.Group
              label={t("filter.severities")}
              description={t("filter.all")}
              value={route.severities ?? []}
              onChange={(next) => set({ severities: severities.filter((each) => next.includes(each)) })}
            >
              <Stack gap={6} mt={6}>
                {severities.map((each) => (
                  <Checkbox key={each} value={each} label={t(`common:severity.${each}`)} />
                ))}
              </Stack>
            </Checkbox.Group>
            <TagsInput
              label={t("filter.labels")}
              description={t("filter.labelsHint")}
              splitChars={[]}
              maxTags={20}
              value={labelTexts(route.labels ?? {})}
              onChange={(texts) => set({ labels: labelsFrom(texts) })}
            />
          </>
        )}
      </Stack>
    </fieldset>
  );
}
