import { Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Keys } from "@/components/status/Keys";
import { type Shortcut, useActiveShortcuts } from "@/lib/keyboard/use-shortcuts";

/** `?`: what the keyboard can do here and now. */
export default function ShortcutList({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("shell");
  const shortcuts = useActiveShortcuts();
  const parts = [
    { id: "page", list: shortcuts.filter(({ group }) => group === "page") },
    { id: "anywhere", list: shortcuts.filter(({ group }) => group === "anywhere") },
  ] as const;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("shortcuts.title")}
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <Stack gap="lg">
        {parts.map(({ id, list }) =>
          list.length === 0 ? null : <Part key={id} title={t(`shortcuts.${id}`)} list={list} />,
        )}
      </Stack>
    </Modal>
  );
}

function Part({ title, list }: { title: string; list: readonly Shortcut[] }) {
  const { t } = useTranslation("shell");
  return (
    <Stack gap="xs">
      <Title order={3}>{title}</Title>
      {list.map(({ keys, labelKey }) => (
        <Group key={keys} justify="space-between" wrap="nowrap">
          <Text size="sm">{t(labelKey)}</Text>
          <Keys keys={keys} />
        </Group>
      ))}
    </Stack>
  );
}
