import { Button, Group, Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ImeForm } from "@/components/input/ImeForm";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import type { LabelMatcher } from "@/lib/api/types";
import { shownMatcher } from "./model";
import styles from "./silences.module.css";

const pages = [
  ["/silences", "silences"],
  ["/maintenance-windows", "windows"],
  ["/inhibitions", "inhibitions"],
] as const;

/** The three ways to keep alerts quiet, one beside the other. */
export function MutingTabs() {
  const { t } = useTranslation("silences");
  return (
    <nav className={styles.tabs} aria-label={t("tabs")}>
      {pages.map(([to, name]) => (
        <Link key={to} to={to} activeProps={{ "aria-current": "page" }}>
          {t(`${name}.title`)}
        </Link>
      ))}
    </nav>
  );
}

export function MatcherList({ matchers }: { matchers: readonly LabelMatcher[] }) {
  return (
    <span className={styles.list}>
      {matchers.map((matcher) => (
        <code key={shownMatcher(matcher)}>{shownMatcher(matcher)}</code>
      ))}
    </span>
  );
}

interface DialogProps {
  title: string;
  ready: boolean;
  saving: boolean;
  error: Error | null;
  onSave(): void;
  onClose(): void;
  children: ReactNode;
}

/** A form over the page. */
export function FormDialog({ title, ready, saving, error, onSave, onClose, children }: DialogProps) {
  const { t } = useTranslation("silences");
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:action.close") }}
    >
      <ImeForm
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !saving) onSave();
        }}
      >
        {children}
        <ProblemNotice error={error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t("common:action.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={saving}>
            {t("save")}
          </Button>
        </Group>
      </ImeForm>
    </Modal>
  );
}
