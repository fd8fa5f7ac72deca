import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "../input/ImeForm";
import { ProblemNotice } from "../state/ProblemNotice";

interface Props {
  opened: boolean;
  title: string;
  /** What happens and who notices: "3 screens and 2 rules use this API". Shown before anything is done. */
  impact: ReactNode;
  confirmLabel: string;
  /** For what cannot be undone: this name has to be typed. */
  typeName?: string;
  busy?: boolean;
  error?: unknown;
  onConfirm(): void;
  onClose(): void;
}

export function ConfirmDanger({ opened, title, onClose, ...rest }: Props) {
  const { t } = useTranslation("common");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size="md"
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {/* Mounted anew for each opening, so that a name typed before is gone. */}
      {opened ? <Body {...rest} onClose={onClose} /> : null}
    </Modal>
  );
}

type BodyProps = Omit<Props, "opened" | "title">;

function Body({ impact, confirmLabel, typeName, busy = false, error, onConfirm, onClose }: BodyProps) {
  const { t } = useTranslation("common");
  const [typed, setTyped] = useState("");
  const ready = typeName === undefined || typed.trim() === typeName;
  return (
    <ImeForm
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onConfirm();
      }}
    >
      <Stack gap="md">
        <Group gap="sm" align="flex-start" wrap="nowrap">
          <IconAlertTriangle size={20} color="var(--ol-warn)" style={{ flex: "none" }} aria-hidden />
          <Text component="div" size="sm">
            {impact}
          </Text>
        </Group>
        {typeName === undefined ? null : (
          <TextInput
            label={t("confirm.type", { name: typeName })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <ProblemNotice error={error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" color="danger" disabled={!ready} loading={busy}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </ImeForm>
  );
}
