import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownValue } from "@/components/diff/lines";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { type MergePlace, merged, placesOf, preset, type Side } from "@/lib/json/merge";
import type { Json } from "@/lib/json/pointer";
import styles from "./draft.module.css";
import type { Draft, Theirs } from "./editing";
import type { DraftEditing } from "./use-draft";

/** Somebody else saved first: both sides, and a choice for each difference. Nobody's work goes without being seen. */
export function MergeDialog({ editing }: { editing: DraftEditing }) {
  const { t } = useTranslation("assets");
  const { conflict } = editing;
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      size="xl"
      title={t("merge.title")}
    >
      {conflict === null ? null : <Body key={conflict.revision} editing={editing} theirs={conflict} />}
    </Modal>
  );
}

function Body({ editing, theirs }: { editing: DraftEditing; theirs: Theirs }) {
  const { t } = useTranslation("assets");
  const places = useMemo(
    () => placesOf(editing.base as Json, editing.draft as Json, theirs.draft as Json),
    [editing.base, editing.draft, theirs.draft],
  );
  const [choice, setChoice] = useState(() => preset(places));
  const open = places.filter(({ pointer }) => choice[pointer] === undefined).length;
  const all = (side: Side) => setChoice(Object.fromEntries(places.map(({ pointer }) => [pointer, side])));
  return (
    <Stack gap="md">
      <p className={styles.plain}>
        {t("merge.who", { name: theirs.by })} <TimeAgo at={theirs.at} />. {t("merge.text")}
      </p>
      {places.length === 0 ? <p className={styles.note}>{t("merge.same")}</p> : null}
      <ul className={styles.merge}>
        {places.map((place) => (
          <Place
            key={place.pointer}
            place={place}
            chosen={choice[place.pointer]}
            onChoose={(side) => setChoice((kept) => ({ ...kept, [place.pointer]: side }))}
          />
        ))}
      </ul>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Button variant="default" onClick={() => all("mine")}>
            {t("merge.allMine")}
          </Button>
          <Button variant="default" onClick={() => all("theirs")}>
            {t("merge.allTheirs")}
          </Button>
        </Group>
        <Group gap="sm">
          <span className={styles.note} role="status">
            {open === 0 ? "" : t("merge.open", { count: open })}
          </span>
          <Button
            disabled={open > 0}
            onClick={() => editing.merge(merged(theirs.draft as Json, places, choice) as Draft)}
          >
            {t("merge.do")}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

interface PlaceProps {
  place: MergePlace;
  chosen: Side | undefined;
  onChoose(side: Side): void;
}

function Place({ place, chosen, onChoose }: PlaceProps) {
  const { t } = useTranslation("assets");
  const label = place.pointer === "" ? "/" : place.pointer;
  const sides = [
    { side: "mine", value: place.mine, changed: place.by !== "theirs" },
    { side: "theirs", value: place.theirs, changed: place.by !== "mine" },
  ] as const;
  return (
    <li>
      <div className={styles.mergeHead}>
        <code>{label}</code>
        {place.conflict ? <StatusBadge plain tone="warn" label={t("merge.conflict")} /> : null}
      </div>
      <div role="radiogroup" aria-label={label} className={styles.sides}>
        {sides.map(({ side, value, changed }) => (
          <label key={side} className={styles.side} data-chosen={chosen === side || undefined}>
            <input
              type="radio"
              name={`merge ${place.pointer}`}
              checked={chosen === side}
              onChange={() => onChoose(side)}
            />{" "}
            {t(`merge.${side}${changed ? "" : "Kept"}`)}
            <pre>{shownValue(value)}</pre>
          </label>
        ))}
      </div>
    </li>
  );
}
