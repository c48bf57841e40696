/** Chats: the list of them, one as a thread, and the box to ask in. */
export { ChatList } from "./ChatList";
export { mentionedAgents } from "./mentions";
export { QuestionBox, type QuestionBoxHandle } from "./QuestionBox";
export { Thread } from "./Thread";
