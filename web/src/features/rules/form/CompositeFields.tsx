import { ActionIcon, Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isObject } from "@/lib/json/pointer";
import { ruleKeysQuery } from "../queries";
import styles from "../rules.module.css";
import { ConditionField } from "./ConditionField";
import { useField, useRuleForm } from "./context";
import { NumberField, WordsField } from "./fields";
import looks from "./form.module.css";

/** Which rules are joined, each under a short name, and how. */
export function CompositeFields() {
  const { t } = useTranslation("rules");
  const { content } = useRuleForm();
  const members = (Array.isArray(content["members"]) ? content["members"] : []).filter(isObject);
  return (
    <>
      <Members />
      <ConditionField
        pointer="/expression"
        label={t("field.expression")}
        hint={t("expressionHint")}
        names={members.map(({ name }) => String(name))}
      />
      <div className={looks.grid}>
        <NumberField pointer="/within_s" label={t("field.together")} usual={0} />
        <WordsField pointer="/on" label={t("field.on")} hint={t("onHint")} none={[]} />
      </div>
    </>
  );
}

function Members() {
  const { t } = useTranslation("rules");
  const { value, error, readOnly, set } = useField("/members", t("field.members"));
  const rules = useQuery(ruleKeysQuery);
  const known = rules.data ?? [];
  const members = (Array.isArray(value) ? value : []).filter(isObject);
  const add = () => {
    const free = known.find(({ key }) => !members.some(({ rule }) => rule === key));
    if (free !== undefined) set([...members, { name: nameOf(free.key), rule: free.key }]);
  };
  return (
    <fieldset className={looks.fieldset} disabled={readOnly}>
      <legend className={looks.legend}>{t("field.members")}</legend>
      {members.map((member, index) => {
        const key = String(member["rule"] ?? "");
        const name = String(member["name"] ?? "");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is edited
          <Group key={index} gap="xs" mb={6} wrap="nowrap">
            <NativeSelect
              className={styles.fill ?? ""}
              aria-label={t("members.rule", { index: index + 1 })}
              value={key}
              data={[
                ...known.map((each) => ({ value: each.key, label: each.name })),
                ...(known.some((each) => each.key === key) ? [] : [{ value: key, label: key }]),
              ]}
              onChange={(event) =>
                set(
                  members.with(index, {
                    name: nameOf(event.currentTarget.value),
                    rule: event.currentTarget.value,
                  }),
                )
              }
            />
            <TextInput
              aria-label={t("members.name", { index: index + 1 })}
              value={name}
              onChange={(event) => set(members.with(index, { ...member, name: event.currentTarget.value }))}
            />
            <ActionIcon
              variant="subtle"
              aria-label={t("remove", { name })}
              onClick={() => set(members.filter((_, at) => at !== index))}
            >
              <IconX size={15} aria-hidden />
            </ActionIcon>
          </Group>
        );
      })}
      {error === undefined ? null : <p className={styles.bad}>{error}</p>}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} aria-hidden />}
        disabled={known.length === members.length}
        onClick={add}
      >
        {t("members.add")}
      </Button>
    </fieldset>
  );
}

/** A key as a name that an expression may use. */
function nameOf(key: string): string {
  const plain = key.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  return plain.slice(0, 60) || "rule";
}
