import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import {
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconRefresh,
  IconSearch,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Keys } from "@/components/status/Keys";
import { api } from "@/lib/api/client";
import { sessionLost } from "@/lib/api/session";
import { chooseLanguage } from "@/lib/i18n";
import type { NavGroup } from "@/lib/navigation/entries";

interface Props {
  groups: readonly NavGroup[];
  onShortcuts(): void;
}

/** Mod+K: every page and every action by name, in whichever language is shown. */
export default function Finder({ groups, onShortcuts }: Props) {
  const { t } = useTranslation("shell");
  const pages = usePages(groups);
  const commands = useCommands(onShortcuts);
  return (
    <Spotlight
      actions={[...pages, { group: t("find.actions"), actions: commands }]}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      size={560}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      nothingFound={t("find.none")}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t("find.placeholder"),
        "aria-label": t("find.placeholder"),
      }}
    />
  );
}

function usePages(groups: readonly NavGroup[]): SpotlightActionGroupData[] {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  return groups.map((group) => ({
    group: t(`group.${group.id}`),
    actions: group.entries.map(({ to, labelKey, icon: Icon, keys }) => ({
      id: to,
      label: t(labelKey),
      // The path makes a page findable by its English name while Korean is shown.
      keywords: [to],
      leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
      rightSection: keys === undefined ? undefined : <Keys keys={keys} />,
      onClick: () => void navigate({ to }),
    })),
  }));
}

function useCommands(onShortcuts: () => void): SpotlightActionData[] {
  const { t, i18n } = useTranslation("shell");
  const client = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  const language = i18n.language === "ko" ? "en" : "ko";
  const leave = async () => {
    await api.POST("/api/v1/auth/logout").catch(() => undefined);
    sessionLost.emit();
  };
  const list = [
    { id: "refresh", icon: IconRefresh, label: t("refresh.now"), run: () => void client.invalidateQueries() },
    { id: "theme", icon: IconMoon, label: t(`theme.${scheme}`), run: () => setColorScheme(scheme) },
    {
      id: "language",
      icon: IconLanguage,
      label: t(`language.to.${language}`),
      run: () => void chooseLanguage(language),
    },
    { id: "shortcuts", icon: IconKeyboard, label: t("shortcuts.title"), run: onShortcuts },
    { id: "leave", icon: IconLogout, label: t("user.leave"), run: () => void leave() },
  ];
  return list.map(({ id, icon: Icon, label, run }) => ({
    id,
    label,
    keywords: [id],
    leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
    onClick: run,
  }));
}
