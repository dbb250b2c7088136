import { n as SUMMARY_LIMIT, r as markdown, t as COMMENT_LIMIT } from "./markdown.js";

export { COMMENT_LIMIT, SUMMARY_LIMIT, markdown };