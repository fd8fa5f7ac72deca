// A receiver of webhooks on this machine that checks their signatures as Standard Webhooks describes.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

export interface Received {
  type: string;
  signed: boolean;
}

export interface Receiver {
  url: string;
  received: Received[];
  stop(): Promise<void>;
}

function isSigned(headers: Record<string, unknown>, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(content).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${expected}`);
}

/** `secret` is asked for at each call, since the page shows it only after the channel was made. */
export async function startReceiver(secret: () => string): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const { type } = JSON.parse(body) as { type: string };
      received.push({ type, signed: isSigned(request.headers, body, secret()) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
