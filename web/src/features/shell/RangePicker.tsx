import { ActionIcon, Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconClock, IconRefresh, IconZoomOut } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { PickMenu } from "@/components/menu/PickMenu";
import { Popup } from "@/components/menu/Popup";
import { refreshChoices, shift, widen } from "@/lib/time/range";
import { useTimeRange } from "@/lib/time/use-range";
import { useRangeLabel } from "./range-label";
import styles from "./shell.module.css";

const RangeChoices = lazy(() => import("./RangeChoices"));

/** The global time range: presets, an exact span, one step back or forward, wider. */
export function RangePicker() {
  const { t } = useTranslation("shell");
  const { range, setRange } = useTimeRange();
  const label = useRangeLabel();
  const moves = [
    { key: "back", icon: IconChevronLeft, next: () => shift(range, -1, new Date()) },
    { key: "forward", icon: IconChevronRight, next: () => shift(range, 1, new Date()) },
    { key: "widen", icon: IconZoomOut, next: () => widen(range, new Date()) },
  ] as const;
  return (
    <div className={styles.rangeGroup}>
      <Popup
        kind="dialog"
        trigger={(props) => (
          <Button
            {...props}
            variant="default"
            leftSection={<IconClock size={15} aria-hidden />}
            aria-label={t("range.label", { range: label(range) })}
            data-testid="range"
          >
            <span className="num">{label(range)}</span>
          </Button>
        )}
      >
        {(close) => (
          <Suspense>
            <RangeChoices
              range={range}
              onChoose={(next) => {
                close();
                setRange(next);
              }}
            />
          </Suspense>
        )}
      </Popup>
      {moves.map(({ key, icon: Icon, next }) => (
        <ActionIcon
          key={key}
          title={t(`range.${key}`)}
          variant="default"
          size={30}
          aria-label={t(`range.${key}`)}
          onClick={() => setRange(next())}
        >
          <Icon size={15} aria-hidden />
        </ActionIcon>
      ))}
    </div>
  );
}

export function RefreshPicker() {
  const { t } = useTranslation("shell");
  const { refreshS, setRefresh } = useTimeRange();
  const client = useQueryClient();
  const name = (seconds: number) => {
    if (seconds === 0) return t("refresh.off");
    return seconds < 60
      ? t("refresh.seconds", { count: seconds })
      : t("refresh.minutes", { count: seconds / 60 });
  };
  return (
    <div className={styles.rangeGroup}>
      <ActionIcon
        variant="default"
        size={30}
        title={t("refresh.now")}
        aria-label={t("refresh.now")}
        onClick={() => void client.invalidateQueries()}
      >
        <IconRefresh size={15} aria-hidden />
      </ActionIcon>
      <PickMenu
        label={t("refresh.label", { every: name(refreshS) })}
        trigger={(props) => (
          <Button
            {...props}
            variant="default"
            px={8}
            aria-label={t("refresh.label", { every: name(refreshS) })}
          >
            <span className="num">{name(refreshS)}</span>
          </Button>
        )}
        items={refreshChoices.map((seconds) => ({
          key: String(seconds),
          label: name(seconds),
          current: seconds === refreshS,
          onPick: () => setRefresh(seconds),
        }))}
      />
    </div>
  );
}
