import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { InspectorPlace } from "@/components/inspector/place";
import { type Shortcut, useShortcutListener, useShortcuts } from "@/lib/keyboard/use-shortcuts";
import { allowedGroups, type NavGroup } from "@/lib/navigation/entries";
import { useMe } from "@/lib/query/me";
import { useDock } from "./dock-state";
import { openFinder, useFinderWanted } from "./finder-state";
import { Rail } from "./Rail";
import { StatusBar } from "./StatusBar";
import styles from "./shell.module.css";
import { TopBar } from "./TopBar";

// What only appears when asked for is loaded when asked for.
const Finder = lazy(() => import("./Finder"));
const ShortcutList = lazy(() => import("./ShortcutList"));
const Dock = lazy(() => import("./Dock"));

interface Props {
  navigation: readonly NavGroup[];
  children: ReactNode;
}

/** The frame around every page: rail, top bar, page, inspector, dock, status line. */
export function Shell({ navigation, children }: Props) {
  const { t } = useTranslation("shell");
  const { permissions } = useMe();
  const groups = useMemo(() => allowedGroups(navigation, permissions), [navigation, permissions]);
  const [narrow, setNarrow] = useLocalStorage({ key: "opsloom-rail-narrow", defaultValue: false });
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const dock = useDock();
  const finder = useFinderWanted();
  useShortcutListener();
  useShortcuts(useShellShortcuts(groups, openHelp, setNarrow));
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page">
        {t("skip")}
      </a>
      <Rail groups={groups} narrow={narrow} onToggle={() => setNarrow((was) => !was)} />
      <TopBar groups={groups} />
      <div className={styles.middle}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <main id="page" className={styles.main} tabIndex={0}>
          <InspectorPlace value={place}>{children}</InspectorPlace>
        </main>
        <div ref={setPlace} className={styles.inspector} />
      </div>
      <StatusBar />
      <Suspense>
        {dock.tab === null ? null : <Dock />}
        {finder ? <Finder groups={groups} onShortcuts={openHelp} /> : null}
        {help ? <ShortcutList onClose={closeHelp} /> : null}
      </Suspense>
    </div>
  );
}

function useShellShortcuts(
  groups: readonly NavGroup[],
  openHelp: () => void,
  setNarrow: (change: (was: boolean) => boolean) => void,
): Shortcut[] {
  const navigate = useNavigate();
  return useMemo(() => {
    const anywhere = { group: "anywhere" as const };
    const pages = groups.flatMap(({ entries }) =>
      entries.flatMap(({ to, labelKey, keys }) =>
        keys === undefined ? [] : [{ ...anywhere, keys, labelKey, run: () => void navigate({ to }) }],
      ),
    );
    return [
      { ...anywhere, keys: "Mod+KeyK", labelKey: "shell:find.open", run: openFinder },
      { ...anywhere, keys: "Shift+Slash", labelKey: "shell:shortcuts.title", run: openHelp },
      {
        ...anywhere,
        keys: "BracketLeft",
        labelKey: "shell:rail.toggle",
        run: () => setNarrow((was) => !was),
      },
      ...pages,
    ];
  }, [groups, openHelp, setNarrow, navigate]);
}
