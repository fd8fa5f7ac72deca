import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useReducer } from "react";
import { api, dataOf } from "@/lib/api/client";
import { isApiError } from "@/lib/api/problem";
import type { AssetDetail } from "@/lib/api/types";
import { useSaveKey } from "@/lib/keyboard/use-save-key";
import { oneAssetQuery } from "@/lib/query/asset";
import { useMe } from "@/lib/query/me";
import { type Action, type Draft, draftOf, isDirty, readKept, reduce, start, theirsOf } from "./editing";
import { useUndoKeys } from "./use-undo-keys";

const pauseMs = 1200;
const againMs = 3000;

export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "flawed" | "failed" | "conflict";

/**
 * The draft on screen and its way to the server: saved by itself a moment after the last change, kept in this browser until
 * then, merged when somebody else saved first. `flawed`: it cannot be saved as it is, so nothing is tried by itself.
 */
export function useDraft(asset: AssetDetail, flawed: (draft: Draft) => boolean) {
  const { user } = useMe();
  const journal = `opsloom-draft:${user.id}:${asset.id}`;
  const [state, dispatch] = useReducer(reduce, null, () =>
    start(
      draftOf(asset),
      asset.draft_revision,
      asset.can_write ? readKept(localStorage.getItem(journal)) : null,
    ),
  );
  const present = state.history.present;
  const dirty = isDirty(state);
  const save = useSave(asset.id, dispatch);
  // Somebody else's newer draft is taken as it is while nothing has been typed here.
  if (!dirty && !save.isPending && asset.draft_revision > state.revision)
    dispatch({ do: "adopt", draft: draftOf(asset), revision: asset.draft_revision });

  const broken = dirty && flawed(present);
  const tried = save.error !== null && save.variables?.draft === present;
  const due = asset.can_write && dirty && state.conflict === null && !save.isPending;
  const send = () => save.mutate({ draft: present, revision: state.revision });
  useAutosave(due && !broken && !tried, present, send);
  useJournal(journal, dirty ? { draft: present, base: state.base, revision: state.revision } : null);
  const history = useMemo(
    () => ({ undo: () => dispatch({ do: "undo" }), redo: () => dispatch({ do: "redo" }) }),
    [],
  );
  useUndoKeys(history.undo, history.redo);
  useSaveKey(() => {
    if (due) send();
  }, asset.can_write);

  return {
    ...state,
    ...history,
    draft: present,
    dirty,
    error: tried && state.conflict === null ? save.error : null,
    saveState: saveStateOf({ conflict: state.conflict !== null, dirty, broken, tried, save }),
    edit: (draft: Draft, label: string) => dispatch({ do: "edit", draft, label, at: performance.now() }),
    merge: (draft: Draft) => dispatch({ do: "merged", draft, at: performance.now() }),
    /** Whether the server has what is on screen, after trying to bring it there. */
    async flush(): Promise<boolean> {
      if (!dirty) return true;
      if (state.conflict !== null || save.isPending) return false;
      return save.mutateAsync({ draft: present, revision: state.revision }).then(
        () => true,
        () => false,
      );
    },
  };
}

/** One save: what comes of it goes into the editing state. */
function useSave(id: string, dispatch: (action: Action) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ draft, revision }: { draft: Draft; revision: number }) =>
      dataOf<AssetDetail>(
        api.PUT("/api/v1/assets/{asset_id}", {
          params: { path: { asset_id: id }, header: { "if-match": `"${revision}"` } },
          body: draft,
        }),
      ),
    // Without a connection it waits and tries again by itself.
    retry: (count, error) => count < 500 && isApiError(error) && error.kind === "network",
    retryDelay: againMs,
    onSuccess: (stored, { draft }) => {
      dispatch({ do: "saved", draft, revision: stored.draft_revision });
      client.setQueryData(oneAssetQuery(stored.id).queryKey, stored);
      void client.invalidateQueries({
        queryKey: ["assets"],
        predicate: ({ queryKey }) => queryKey[1] !== "one",
      });
    },
    onError: (error) => {
      const theirs =
        isApiError(error) && error.code === "stale_draft" ? theirsOf(error.problem.members) : null;
      if (theirs !== null) dispatch({ do: "refused", theirs });
    },
  });
}

export type DraftEditing = ReturnType<typeof useDraft>;

interface Facts {
  conflict: boolean;
  dirty: boolean;
  broken: boolean;
  tried: boolean;
  save: { isPaused: boolean; isPending: boolean; failureCount: number };
}

function saveStateOf({ conflict, dirty, broken, tried, save }: Facts): SaveState {
  if (conflict) return "conflict";
  if (save.isPending && (save.isPaused || save.failureCount > 0)) return "offline";
  if (save.isPending) return "saving";
  if (!dirty) return "saved";
  if (tried) return "failed";
  return broken ? "flawed" : "unsaved";
}

/** Sends a moment after the last change, and at once when the page is left. */
function useAutosave(wanted: boolean, present: Draft, send: () => void): void {
  const now = useEffectEvent(() => send());
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change begins the pause anew
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(() => now(), pauseMs);
    return () => clearTimeout(timer);
  }, [wanted, present]);
  const leave = useEffectEvent(() => {
    if (wanted) send();
  });
  useEffect(() => () => leave(), []);
}

/** Keeps what is not saved in this browser, and warns before the tab is closed over it. */
function useJournal(key: string, kept: object | null): void {
  const text = kept === null ? null : JSON.stringify(kept);
  useEffect(() => {
    if (text === null) {
      localStorage.removeItem(key);
      return;
    }
    try {
      localStorage.setItem(key, text);
    } catch {
      // The browser's store is full: the warning below and the autosave remain.
    }
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [key, text]);
}
