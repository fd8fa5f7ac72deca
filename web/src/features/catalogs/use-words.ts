import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useReducer } from "react";
import { api, dataOf } from "@/lib/api/client";
import { isApiError } from "@/lib/api/problem";
import type { AssetDetail } from "@/lib/api/types";
import type { JsonObject } from "@/lib/json/pointer";
import { oneAssetQuery } from "@/lib/query/asset";
import { applied, type Edit, startOf, theirsOf, type WordsAction, wordsReducer } from "./model/words";
import { useWordHistory } from "./use-word-history";

const pauseMs = 900;

interface Sent {
  content: JsonObject;
  revision: number;
  edits: readonly Edit[];
}

function useSave(asset: AssetDetail, dispatch: (action: WordsAction) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (sent: Sent) =>
      dataOf<AssetDetail>(
        api.PUT("/api/v1/assets/{asset_id}", {
          params: { path: { asset_id: asset.id }, header: { "if-match": `"${sent.revision}"` } },
          body: {
            name: asset.name,
            description: asset.description,
            tags: asset.tags,
            content: sent.content,
          },
        }),
      ),
    onSuccess: (stored, sent) => {
      dispatch({
        do: "saved",
        content: stored.content as JsonObject,
        revision: stored.draft_revision,
        sent: sent.edits,
      });
      client.setQueryData(oneAssetQuery(asset.id).queryKey, stored);
      for (const part of ["overview", "tables", "table"])
        void client.invalidateQueries({ queryKey: ["catalogs", part] });
    },
    onError: (error) => {
      const theirs =
        isApiError(error) && error.code === "stale_draft" ? theirsOf(error.problem.members) : null;
      if (theirs !== null) dispatch({ do: "refused", theirs });
    },
  });
}

/** The words of a catalog's draft: shown at once, stored a moment after the last change. */
export function useWords(asset: AssetDetail) {
  const [state, dispatch] = useReducer(wordsReducer, asset, startOf);
  const content = applied(state.content, state.edits);
  const undoing = useWordHistory(content, (edit) => dispatch({ do: "edit", edit }));
  const dirty = state.edits.length > 0;
  const save = useSave(asset, dispatch);
  useEffect(() => {
    dispatch({ do: "loaded", content: asset.content as JsonObject, revision: asset.draft_revision });
  }, [asset.content, asset.draft_revision]);
  const stale = isApiError(save.error) && save.error.code === "stale_draft";
  // What was refused is not sent again by itself: the next change does, or the button.
  const refused = save.isError && !stale && save.variables?.edits === state.edits;
  const wanted = dirty && state.conflict === null && !save.isPending && !refused;
  const send = () => save.mutateAsync({ content, revision: state.revision, edits: state.edits });
  useAutosave(wanted, [state.edits, state.revision], () => void send().catch(() => undefined));
  return {
    content,
    base: state.content,
    edits: state.edits,
    dirty,
    saving: save.isPending,
    error: refused ? save.error : null,
    conflict: state.conflict,
    readOnly: !asset.can_write || asset.state === "archived",
    ...undoing,
    settle: (keep: "mine" | "theirs") => dispatch({ do: "settle", keep }),
    retry: () => void send().catch(() => undefined),
    flush: async () => {
      if (!dirty) return true;
      if (state.conflict !== null || save.isPending) return false;
      return send().then(
        () => true,
        () => false,
      );
    },
  };
}

export type WordsEditing = ReturnType<typeof useWords>;

/** Sends a moment after the last change, and at once when the page is left. */
function useAutosave(wanted: boolean, changes: readonly unknown[], send: () => void): void {
  const now = useEffectEvent(() => send());
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(() => now(), pauseMs);
    return () => clearTimeout(timer);
  }, [wanted, ...changes]);
  const leave = useEffectEvent(() => {
    if (wanted) send();
  });
  useEffect(() => () => leave(), []);
  useEffect(() => {
    if (!wanted) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [wanted]);
}
