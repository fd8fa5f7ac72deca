import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftEditing } from "@/components/draft/use-draft";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { api } from "@/lib/api/client";
import type { AssetDetail, AssetReview } from "@/lib/api/types";
import styles from "./assets.module.css";
import { useReviews } from "./queries";
import own from "./sides.module.css";

interface Props {
  asset: AssetDetail;
  editing: DraftEditing;
}

/** Another person's look at exactly this draft, before it goes into force. */
export function ReviewsTab({ asset, editing }: Props) {
  const { t } = useTranslation("assets");
  const reviews = useReviews(asset.id);
  const open = reviews.data?.some(({ state, current }) => state === "requested" && current) === true;
  return (
    <div className={styles.halves}>
      <Panel title={t("reviews.title")}>
        <StateView
          query={reviews}
          compact
          isEmpty={(all) => all.length === 0}
          empty={
            <EmptyState
              kind="nothing"
              compact
              title={t("reviews.none.title")}
              text={t("reviews.none.text")}
            />
          }
        >
          {(all) => (
            <ol className={own.reviews}>
              {all.map((review) => (
                <ReviewLine key={review.id} asset={asset} review={review} />
              ))}
            </ol>
          )}
        </StateView>
      </Panel>
      <Panel title={t("reviews.need")}>
        <div className={styles.inner}>
          <Need asset={asset} />
          {asset.can_write && asset.state !== "archived" && !open ? (
            <Ask asset={asset} editing={editing} />
          ) : null}
          {open ? <p className={styles.note}>{t("reviews.waiting")}</p> : null}
        </div>
      </Panel>
    </div>
  );
}

function Need({ asset }: { asset: AssetDetail }) {
  const { t } = useTranslation("assets");
  const { review } = asset;
  if (review === null || review === undefined) return <p className={styles.plain}>{t("reviews.free")}</p>;
  const met = review.given >= review.approvals;
  return (
    <div>
      <StatusBadge
        tone={met ? "ok" : "warn"}
        label={t("reviews.given", { given: review.given, approvals: review.approvals })}
      />
      <p className={styles.note}>{t("reviews.policy", { policy: review.policy })}</p>
    </div>
  );
}

function Ask({ asset, editing }: Props) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const ask = useMutation({
    mutationFn: async () => {
      if (!(await editing.flush())) return;
      await api.POST("/api/v1/assets/{asset_id}/reviews", {
        params: { path: { asset_id: asset.id } },
        body: { comment: comment.trim() },
      });
    },
    onSuccess: () => {
      setComment("");
      return client.invalidateQueries({ queryKey: ["assets"] });
    },
  });
  return (
    <>
      <Textarea
        label={t("reviews.askLabel")}
        maxLength={1000}
        autosize
        minRows={2}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <ProblemNotice error={ask.error} />
      <Button className={styles.start ?? ""} loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("reviews.ask")}
      </Button>
    </>
  );
}

const tones = { requested: "info", approved: "ok", rejected: "critical", withdrawn: "idle" } as const;

function ReviewLine({ asset, review }: { asset: AssetDetail; review: AssetReview }) {
  const { t } = useTranslation("assets");
  return (
    <li>
      <div className={own.reviewHead}>
        <StatusBadge plain tone={tones[review.state]} label={t(`reviews.state.${review.state}`)} />
        <span className={styles.note}>
          {review.requested_by} · <TimeAgo at={review.requested_at} /> ·{" "}
          {t("reviews.revision", { revision: review.draft_revision })}
          {review.current ? "" : ` · ${t("reviews.past")}`}
        </span>
      </div>
      {review.comment === "" ? null : <p className={styles.plain}>{review.comment}</p>}
      <ul className={own.verdicts}>
        {review.verdicts.map((verdict) => (
          <li key={`${verdict.by} ${verdict.at}`}>
            <StatusBadge
              plain
              tone={verdict.approves ? "ok" : "critical"}
              label={t(verdict.approves ? "reviews.approved" : "reviews.rejected", { name: verdict.by })}
            />
            <span className={styles.note}>
              <TimeAgo at={verdict.at} />
            </span>
            {verdict.comment === "" ? null : <p className={styles.plain}>{verdict.comment}</p>}
          </li>
        ))}
      </ul>
      {review.state === "requested" ? <Decide asset={asset} review={review} /> : null}
    </li>
  );
}

type Word = "approve" | "reject" | "withdraw";

/** Approve or reject for somebody else's draft; take back one's own request. */
function Decide({ asset, review }: { asset: AssetDetail; review: AssetReview }) {
  const { t } = useTranslation("assets");
  const client = useQueryClient();
  const [comment, setComment] = useState("");
  const say = useMutation({
    mutationFn: (word: Word) =>
      api.POST(`/api/v1/assets/{asset_id}/reviews/{review_id}/${word}`, {
        params: { path: { asset_id: asset.id, review_id: review.id } },
        body: { comment: comment.trim() },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["assets"] }),
  });
  if (!review.can_decide && !asset.can_write) return null;
  const button = (word: Word, look: object, disabled = false) => (
    <Button
      {...look}
      size="compact-sm"
      disabled={disabled}
      loading={say.isPending && say.variables === word}
      onClick={() => say.mutate(word)}
    >
      {t(`reviews.${word}`)}
    </Button>
  );
  return (
    <div className={own.decide}>
      {review.can_decide ? (
        <Textarea
          aria-label={t("lifecycle:step.comment")}
          placeholder={t("reviews.commentHint")}
          maxLength={1000}
          autosize
          minRows={1}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      ) : null}
      <ProblemNotice error={say.error} />
      <div className={styles.bulk}>
        {review.can_decide ? button("approve", {}) : null}
        {/* Whoever refuses says why. */}
        {review.can_decide
          ? button("reject", { color: "danger", variant: "light" }, comment.trim() === "")
          : null}
        {asset.can_write ? button("withdraw", { variant: "default" }) : null}
      </div>
    </div>
  );
}
