import { ActionIcon, Button, Checkbox, NativeSelect } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconLayoutDistributeHorizontal,
  IconPlus,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { freePlace, placed, placesOf, tidyPlaces } from "../model/layout";
import { nodeTypes, type Workflow, withNode } from "../model/workflow";
import styles from "./form.module.css";
import type { LogicHistory } from "./use-history";

interface Props {
  workflow: Workflow;
  history: LogicHistory;
  onSelect(id: string): void;
}

/** What can be done to the drawing as a whole. */
export function Tools({ workflow, history, onSelect }: Props) {
  const { t } = useTranslation("apis");
  const [type, setType] = useState<(typeof nodeTypes)[number]>("api");
  const add = () => {
    // What was shown tidied up is kept so, else the new node would pull the others apart.
    const [next, id] = withNode(placed(workflow, placesOf(workflow)), type, freePlace(workflow));
    history.edit(next, t("workflow.add"));
    onSelect(id);
  };
  return (
    <div className={styles.tools}>
      <NativeSelect
        size="xs"
        aria-label={t("workflow.newType")}
        value={type}
        onChange={(event) => {
          const chosen = nodeTypes.find((each) => each === event.currentTarget.value);
          if (chosen !== undefined) setType(chosen);
        }}
        data={nodeTypes.map((value) => ({ value, label: t(`workflow.type.${value}`) }))}
      />
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
        {t("workflow.add")}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconLayoutDistributeHorizontal size={14} aria-hidden />}
        onClick={() => history.edit(placed(workflow, tidyPlaces(workflow)), t("workflow.tidy"))}
      >
        {t("workflow.tidy")}
      </Button>
      <Checkbox
        size="xs"
        label={t("workflow.durable")}
        checked={workflow.durable ?? false}
        disabled={workflow.nodes.some(({ type: each }) => each === "approval")}
        onChange={(event) =>
          history.edit({ ...workflow, durable: event.currentTarget.checked }, t("workflow.durable"))
        }
      />
      <span className={styles.grow} />
      <ActionIcon
        aria-label={t("workflow.undo", { step: history.undoLabel ?? "" })}
        title={t("workflow.undo", { step: history.undoLabel ?? "" })}
        disabled={history.undoLabel === null}
        onClick={history.undo}
      >
        <IconArrowBackUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        aria-label={t("workflow.redo", { step: history.redoLabel ?? "" })}
        title={t("workflow.redo", { step: history.redoLabel ?? "" })}
        disabled={history.redoLabel === null}
        onClick={history.redo}
      >
        <IconArrowForwardUp size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
