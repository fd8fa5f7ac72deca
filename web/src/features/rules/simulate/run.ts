/** Asks for a simulation and tells how far it is. */
import type { Simulation, SimulationProgress, SimulationRequest } from "@/lib/api/types";
import { postStream, toldError } from "@/lib/stream/post";

/** Throws what went wrong; an abort ends it without a result. */
export async function simulate(
  body: SimulationRequest,
  signal: AbortSignal,
  tell: (progress: SimulationProgress) => void,
): Promise<Simulation | null> {
  let result: Simulation | null = null;
  try {
    await postStream({ url: "/api/v1/rules/simulate", body, signal }, ({ name, data }) => {
      if (name === "progress") tell(JSON.parse(data) as SimulationProgress);
      else if (name === "result") result = JSON.parse(data) as Simulation;
      else if (name === "error") throw toldError(data);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return result;
}
