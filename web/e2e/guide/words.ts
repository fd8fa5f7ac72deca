// What the guide's pictures show: the same story in both languages.
import { words as said } from "../harness/api-words";

export const words = {
  en: {
    ...said.en,
    callIt: "Call it",
    form: "Form",
    canvas: "Canvas",
    description: "Description",
    declareMetric: "Declare metric",
    newest: "Newest samples",
    newestAbout: "The last ten samples of a metric on each machine.",
    tickets: "Open tickets",
    ticketsAbout: "What is open at the ticket desk.",
    desk: "Ticket desk",
    ticket: ["Disk of web-1 is full", "Certificate ends on Friday"],
    mean: "Mean load",
    meanAbout: "How busy each machine was lately.",
    report: "Morning report",
    reportAbout: "Asks two things at once and puts the answers together.",
    caller: "morning-report",
  },
  ko: {
    ...said.ko,
    callIt: "호출하기",
    form: "폼",
    canvas: "캔버스",
    description: "설명",
    declareMetric: "metric 선언",
    newest: "최신 샘플",
    newestAbout: "서버별로 한 지표의 마지막 샘플 열 개.",
    tickets: "열린 티켓",
    ticketsAbout: "티켓 창구에 열려 있는 것.",
    desk: "티켓 창구",
    ticket: ["web-1 디스크가 가득 참", "인증서가 금요일에 만료"],
    mean: "평균 부하",
    meanAbout: "요즘 서버가 얼마나 바빴는지.",
    report: "아침 보고",
    reportAbout: "두 가지를 동시에 묻고 답을 모은다.",
    caller: "morning-report",
  },
} as const;
export type Words = (typeof words)[keyof typeof words];
