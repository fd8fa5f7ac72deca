import { AnswerAsShown } from "@/features/ask/AnswerAsShown";
import { TracePage } from "@/features/traces/TracePage";

/** A trace, with the answer of its question drawn by the feature that draws answers. */
export default function TraceWithAnswer() {
  return <TracePage answer={(questionId) => <AnswerAsShown questionId={questionId} />} />;
}
