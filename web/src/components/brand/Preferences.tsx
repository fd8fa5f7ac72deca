import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, languages } from "@/lib/i18n";
import { PickMenu } from "../menu/PickMenu";

export function LanguageMenu() {
  const { t, i18n } = useTranslation("shell");
  return (
    <PickMenu
      label={t("language.label")}
      trigger={(props) => (
        <ActionIcon {...props} title={t("language.label")} aria-label={t("language.label")}>
          <IconLanguage size={18} stroke={1.6} aria-hidden />
        </ActionIcon>
      )}
      items={languages.map((language) => ({
        key: language,
        lang: language,
        label: t(`language.${language}`),
        current: i18n.language === language,
        onPick: () => void chooseLanguage(language),
      }))}
    />
  );
}

export function ThemeButton() {
  const { t } = useTranslation("shell");
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const next = scheme === "dark" ? "light" : "dark";
  const Icon = scheme === "dark" ? IconSun : IconMoon;
  return (
    <ActionIcon
      title={t(`theme.${next}`)}
      aria-label={t(`theme.${next}`)}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
}
