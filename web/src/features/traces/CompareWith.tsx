import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import styles from "./traces.module.css";

const traceId = /[0-9a-f]{32}/;

/** Another trace's id, or an address that holds it, to lay beside this one. */
export function CompareWith({ traceId: own }: { traceId: string }) {
  const { t } = useTranslation("traces");
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const other = traceId.exec(typed.toLowerCase())?.[0];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (other !== undefined)
      void navigate({ to: "/traces/$traceId/compare", params: { traceId: own }, search: { with: other } });
  };
  return (
    <ImeForm onSubmit={submit} className={styles.compareWith}>
      <TextInput
        size="xs"
        aria-label={t("compare.with")}
        placeholder={t("compare.with")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" disabled={other === undefined || other === own}>
        {t("compare.go")}
      </Button>
    </ImeForm>
  );
}
