import { useQuery } from "@tanstack/react-query";
import { StateView } from "@/components/state/StateView";
import { Blocks } from "./blocks/Blocks";
import { questionQuery } from "./queries";

const nothing = () => undefined;

/** The blocks of a stored answer, to look at only. */
export function AnswerAsShown({ questionId }: { questionId: string }) {
  const question = useQuery({ ...questionQuery(questionId), retry: false });
  return (
    <StateView query={question} compact>
      {(data) => <Blocks answer={data} onReference={nothing} onAsk={nothing} />}
    </StateView>
  );
}
