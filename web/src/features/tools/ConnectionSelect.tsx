import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { webConnectionsQuery } from "./queries";

interface Props {
  value: string;
  onChange(key: string): void;
  /** What the first choice says: none chosen. */
  none: string;
}

/** One of the published connections that speak HTTP. */
export function ConnectionSelect({ value, onChange, none }: Props) {
  const { t } = useTranslation("tools");
  const found = useQuery(webConnectionsQuery);
  const data = (found.data ?? []).map(({ key, name }) => ({ value: key, label: name }));
  return (
    <NativeSelect
      label={t("field.connection")}
      value={value}
      data={[{ value: "", label: none }, ...data]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
