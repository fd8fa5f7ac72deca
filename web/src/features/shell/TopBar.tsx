import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LanguageMenu, ThemeButton } from "@/components/brand/Preferences";
import { Keys } from "@/components/status/Keys";
import { entryAt, type NavGroup } from "@/lib/navigation/entries";
import { openFinder } from "./finder-state";
import { RangePicker, RefreshPicker } from "./RangePicker";
import styles from "./shell.module.css";
import { UserMenu } from "./UserMenu";

export function TopBar({ groups }: { groups: readonly NavGroup[] }) {
  const { t } = useTranslation("shell");
  return (
    <header className={styles.top}>
      <Crumbs groups={groups} />
      <RangePicker />
      <RefreshPicker />
      <button type="button" className={styles.find} onClick={() => void openFinder()} title={t("find.open")}>
        <IconSearch size={15} aria-hidden />
        <span>{t("find.short")}</span>
        <Keys keys="Mod+KeyK" />
      </button>
      <LanguageMenu />
      <ThemeButton />
      <UserMenu />
    </header>
  );
}

function Crumbs({ groups }: { groups: readonly NavGroup[] }) {
  const { t } = useTranslation("shell");
  const path = useLocation({ select: (location) => location.pathname });
  const place = entryAt(groups, path);
  if (place === null) return <div className={styles.crumbs} />;
  return (
    <div className={styles.crumbs}>
      <span>{t(`group.${place.group.id}`)}</span>
      <IconChevronRight size={13} aria-hidden />
      <b>{t(place.entry.labelKey)}</b>
    </div>
  );
}
