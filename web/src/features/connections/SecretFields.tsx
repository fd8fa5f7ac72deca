import { NativeSelect, PasswordInput, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import styles from "./connections.module.css";
import { type SecretPlace, type SecretWish, type SecretWishes, secretName } from "./model/config";
import { secretNamesQuery } from "./queries";
import { useWord } from "./words";

interface Props {
  places: readonly SecretPlace[];
  wishes: SecretWishes;
  /** The first part of a new secret's name. */
  owner: string;
  /** Pointers of places that need a secret and were left empty. */
  missing: readonly string[];
  onChange(wishes: SecretWishes): void;
}

const nothing: SecretWish = { use: "new", value: "" };

/** Passwords and keys: a new value goes into the vault and only its name into the connection. */
export function SecretFields({ places, wishes, owner, missing, onChange }: Props) {
  const { data: kept = [] } = useQuery(secretNamesQuery);
  return places.map((place) => (
    <OneSecret
      key={place.pointer}
      place={place}
      wish={wishes[place.pointer] ?? nothing}
      kept={kept}
      name={secretName(owner, place.field, kept)}
      missing={missing.includes(place.pointer)}
      onChange={(wish) => onChange({ ...wishes, [place.pointer]: wish })}
    />
  ));
}

interface OneProps {
  place: SecretPlace;
  wish: SecretWish;
  kept: readonly string[];
  name: string;
  missing: boolean;
  onChange(wish: SecretWish): void;
}

function OneSecret({ place: { field, required }, wish, kept, name, missing, onChange }: OneProps) {
  const { t } = useTranslation(["connections", "schema"]);
  const label = useWord()("secretField", field);
  const error = missing ? t("schema:flaw.required") : undefined;
  return (
    <fieldset className={styles.secret}>
      <legend>{label}</legend>
      {kept.length === 0 ? null : (
        <SegmentedControl
          aria-label={t("secret.from", { label })}
          value={wish.use}
          onChange={(use) => onChange(use === "kept" ? { use, name: kept[0] ?? "" } : nothing)}
          data={[
            { value: "new", label: t("secret.new") },
            { value: "kept", label: t("secret.kept") },
          ]}
        />
      )}
      {wish.use === "new" ? (
        <PasswordInput
          label={t("secret.value", { label })}
          description={t("secret.as", { name })}
          required={required}
          error={error}
          autoComplete="new-password"
          value={wish.value}
          visibilityToggleButtonProps={{ "aria-label": t("secret.show") }}
          onChange={(event) => onChange({ use: "new", value: event.currentTarget.value })}
        />
      ) : (
        <NativeSelect
          label={t("secret.choose", { label })}
          error={error}
          value={wish.name}
          onChange={(event) => onChange({ use: "kept", name: event.currentTarget.value })}
          data={[...kept]}
        />
      )}
    </fieldset>
  );
}
