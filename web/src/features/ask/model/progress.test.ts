import { describe, expect, it } from "vitest";
import type { AskDecision, AskStage, Question } from "@/lib/api/types";
import { type AskEvent, advance, idle, stageLines, stageNames } from "./progress";

const stage = (name: AskStage["name"], status: AskStage["status"] = "ok"): AskStage => ({
  name,
  status,
  took_ms: 2,
});
const through = (...events: AskEvent[]) => events.reduce(advance, idle);
const asked: AskEvent = { type: "asked", text: "CPU?", threadId: null };

describe("a question under way", () => {
  it("shows the first stage at work before anything has come in", () => {
    const lines = stageLines(through(asked));
    expect(lines.map(({ state }) => state)).toEqual(["running", ...new Array(5).fill("waiting")]);
    expect(lines.map(({ name }) => name)).toEqual(stageNames);
  });

  it("moves on with each stage", () => {
    const lines = stageLines(
      through(
        asked,
        { type: "stage", stage: stage("route") },
        { type: "stage", stage: stage("plan", "warning") },
      ),
    );
    expect(lines.slice(0, 4).map(({ state }) => state)).toEqual(["ok", "warning", "running", "waiting"]);
  });

  it("keeps what can be said already, and says that it is being stopped", () => {
    const decision = { kind: "direct", topic: "help" } as AskDecision;
    const soFar = { blocks: [], references: [] };
    const stopping = through(
      asked,
      { type: "begun", questionId: "q", threadId: "t" },
      { type: "stage", stage: stage("route") },
      { type: "plan", decision },
      { type: "blocks", soFar },
      { type: "stopping" },
    );
    expect(stopping).toMatchObject({
      phase: "running",
      questionId: "q",
      threadId: "t",
      decision,
      soFar,
      stopping: true,
    });
  });

  it("is nothing once the reader has left it before it began", () => {
    expect(through(asked, { type: "left" }, { type: "stage", stage: stage("plan") })).toEqual(idle);
  });

  it("keeps what arrived when it breaks", () => {
    const error = new Error("lost");
    const failed = through(asked, { type: "stage", stage: stage("route") }, { type: "failed", error });
    expect([failed.phase, failed.error, failed.stages.length]).toEqual(["failed", error, 1]);
  });

  it("begins anew with the next question", () => {
    const again = through(
      asked,
      { type: "failed", error: 1 },
      { type: "asked", text: "Memory?", threadId: "t" },
    );
    expect(again).toEqual({ ...idle, phase: "running", text: "Memory?", threadId: "t" });
  });

  it("ends with the answer", () => {
    const question = { stages: [stage("route"), stage("plan")] } as Question;
    expect(through(asked, { type: "answer", question })).toMatchObject({
      phase: "answered",
      stages: question.stages,
    });
  });
});
