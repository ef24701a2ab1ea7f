// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/** Every word of the page, by language. */
const words = {
  en: {
    skip: "Skip to the question", tagline: "Long text, read as compact pages", otherLanguage: "中文",
    dark: "Dark", light: "Light", document: "Document", text: "Text of the document",
    textHint: "Paste a text, or drop files here: text, code, HTML, DOCX, EPUB, PDF, notebooks, zip, tar …",
    choose: "Choose files", examples: "Examples:", clear: "Clear", remove: "Remove {name}", look: "How pages look",
    preset: "Preset", reader: "Count tokens for", fontSize: "Font size (pt)", dpi: "Resolution (dpi)",
    more: "More settings", asPreset: "as preset", font: "Font", layout: "Layout", lineHeight: "Line height (pt)",
    pageSize: "Page size (pt)", marginX: "Side margins (pt)", marginY: "Top and bottom margins (pt)",
    ink: "Text colour", paper: "Page colour", border: "Border (pt)", reflow: "Join lines",
    budget: "At most visual tokens", maxTokens: "Longest answer (tokens)", question: "Question",
    questionHint: "What do you want to know?", run: "Ask", cancel: "Cancel", shortcut: "Ctrl + Enter",
    textTokens: "Text tokens", visualTokens: "Visual tokens", compression: "Compression", pages: "Pages",
    firstToken: "First token", total: "Total", answer: "Answer", thinking: "Thinking", gallery: "Pages",
    previous: "Previous page", next: "Next page", close: "Close", page: "Page {number}",
    tokenTitle: "This service asks for a token", token: "Token", enter: "Enter",
    tokenWrong: "The token is wrong. Check it and enter it again.",
    tokenLetters: "The page can send only tokens of plain letters, digits and signs (ASCII). Check it and enter it again.",
    empty: "Paste a text or choose a file to see its first page.", measuring: "Drawing the first page …",
    preview: "Preview of page 1 of {count}. Ask a question to see them all.", ready: "Ready.",
    noReader: "Nobody reads here: pages can be drawn and counted only.", drawing: "Drawing the pages …",
    queued: "Waiting: place {position} in the queue.", reading: "Reading {count} pages …",
    retrying: "The reader is busy; trying again …", answering: "Answering …", done: "Done.",
    cancelled: "Cancelled.", cut: "Done; the answer reached its longest length.", failed: "Failed: {reason}",
    filtered: "Done; the reader’s filter cut the answer, so something is missing.",
    onlyThoughts: "Done; the reader stopped while it was still thinking, so something is missing.",
    needText: "There is no document yet.", needQuestion: "There is no question yet.",
    offline: "the service cannot be reached", broken: "the answer broke off", tooLarge: "the files are too large together",
    unread: "Cannot be read: {names}. Instead of a folder, choose its files or a zip archive of it.",
    allPages: "All pages, as the reader saw them.", noPages: "The pages cannot be shown: {reason}.", windows: "Reading: {done} of {count} windows.",
    readOn: "Read on page {pages}.", unanswered: "Not answered: {question}", nearest: "Nearest, on page {pages}: {nearest}", history: "History", historyEmpty: "Answers are kept here.",
    resume: "Read again", forget: "Delete", template: "Saved settings", noTemplate: "none",
    task: "Task", noTask: "a question", strategy: "Way of reading", strategyAuto: "all pages", strategyCard: "as it was trained",
    card: "The reader was trained on pages of {preset}, {window} at a time, and takes nothing that is grey here.",
    strategyWindowed: "in parts, joined", window: "Pages at a time", joined: "Joined from the answers of {joined} of {count} parts.",
    strategyFocus: "coarse, then closely", focusPages: "At most so many pages closely",
    cite: "Show where it stands", compare: "Compare with reading the text", sources: "Where it stands",
    sourcesEmpty: "Nothing that the answer rests on was found in the text.", onPage: "Page {number}",
    alikeOnPage: "Page {number}; spaces or signs differ", unverified: "Not found in the document",
    tooShort: "Too short to look up", severalPlaces: "Stands at several places",
    closePage: "Page {number}, read closely", readClosely: "Read closely: pages {pages}.",
    readAll: "All pages were read closely: {reason}.", comparison: "Pages against text", textAnswer: "Answer from the text",
    textReader: "The text was read by:", fromPages: "From pages", fromText: "From text", promptTokens: "Tokens read",
    answerTokens: "Tokens written", comparing: "Answered; now the text is read to compare …",
    templateName: "Name to save under", templateSave: "Save", templateDelete: "Delete",
    templateNameless: "type a name to save under, other than “.” and “..”",
    jobState: "{state} {reason}", state_queued: "waiting", state_running: "being read", state_done: "answered",
    state_failed: "failed", state_cancelled: "cancelled", state_interrupted: "interrupted",
  },
  zh: {
    skip: "跳到问题", tagline: "把长文本变成紧凑的页面来阅读", otherLanguage: "English",
    dark: "深色", light: "浅色", document: "文档", text: "文档文本",
    textHint: "粘贴文本，或把文件拖到这里：文本、代码、HTML、DOCX、EPUB、PDF、笔记本、zip、tar ……",
    choose: "选择文件", examples: "示例：", clear: "清空", remove: "移除 {name}", look: "页面样式",
    preset: "预设", reader: "按此模型计数", fontSize: "字号（pt）", dpi: "分辨率（dpi）",
    more: "更多设置", asPreset: "同预设", font: "字体", layout: "排版方式", lineHeight: "行高（pt）",
    pageSize: "页面尺寸（pt）", marginX: "左右边距（pt）", marginY: "上下边距（pt）",
    ink: "文字颜色", paper: "页面颜色", border: "边框（pt）", reflow: "合并断行",
    budget: "视觉词元上限", maxTokens: "最长回答（词元）", question: "问题",
    questionHint: "你想知道什么？", run: "提问", cancel: "取消", shortcut: "Ctrl + Enter",
    textTokens: "文本词元", visualTokens: "视觉词元", compression: "压缩比", pages: "页数",
    firstToken: "首个词元", total: "总用时", answer: "回答", thinking: "思考过程", gallery: "页面",
    previous: "上一页", next: "下一页", close: "关闭", page: "第 {number} 页",
    tokenTitle: "此服务需要令牌", token: "令牌", enter: "进入",
    tokenWrong: "令牌不正确，请检查后重新输入。",
    tokenLetters: "网页只能发送由英文字母、数字和符号（ASCII）组成的令牌，请检查后重新输入。",
    empty: "粘贴文本或选择文件，即可看到第一页。", measuring: "正在绘制第一页……",
    preview: "共 {count} 页，这里预览第 1 页。提问后可查看全部页面。", ready: "就绪。",
    noReader: "没有可用的阅读模型：只能绘制页面和计数。", drawing: "正在绘制页面……",
    queued: "排队中：第 {position} 位。", reading: "正在阅读 {count} 页……",
    retrying: "阅读模型繁忙，正在重试……", answering: "正在回答……", done: "完成。",
    cancelled: "已取消。", cut: "完成；回答达到了最长长度。", failed: "失败：{reason}",
    filtered: "完成；阅读模型的过滤器截断了回答，内容不完整。",
    onlyThoughts: "完成；阅读模型在思考中途停止，内容不完整。",
    needText: "还没有文档。", needQuestion: "还没有问题。",
    offline: "无法连接到服务", broken: "回答中断了", tooLarge: "文件总大小超出限制",
    unread: "无法读取：{names}。文件夹请改为选择其中的文件，或先打包成 zip。",
    allPages: "全部页面，与模型所见一致。", noPages: "无法显示页面：{reason}。", windows: "正在阅读：{done}/{count} 个窗口。",
    readOn: "答案出自第 {pages} 页。", unanswered: "未回答：{question}", nearest: "最接近的句子，第 {pages} 页：{nearest}", history: "历史记录", historyEmpty: "回答会保存在这里。",
    resume: "重新阅读", forget: "删除", template: "已保存的设置", noTemplate: "无",
    task: "任务", noTask: "提问", strategy: "阅读方式", strategyAuto: "阅读全部页面", strategyCard: "按模型训练的方式",
    card: "阅读模型只用 {preset} 的页面训练，每次读 {window} 页；灰色的选项它都不接受。",
    strategyWindowed: "分批阅读", window: "每批页数", joined: "由 {count} 批中 {joined} 批的回答合并而成。",
    strategyFocus: "先粗读后细读", focusPages: "最多细读页数",
    cite: "标出原文位置", compare: "与直接阅读文本比较", sources: "原文位置",
    sourcesEmpty: "没有在原文中找到回答的依据。", onPage: "第 {number} 页",
    alikeOnPage: "第 {number} 页；空格或符号略有不同", unverified: "文档中没有这句话",
    tooShort: "太短，无法查找", severalPlaces: "文档中多处出现",
    closePage: "第 {number} 页，已细读", readClosely: "细读了第 {pages} 页。",
    readAll: "细读了全部页面：{reason}。", comparison: "页面与文本的比较", textAnswer: "直接阅读文本的回答",
    textReader: "阅读文本的模型：", fromPages: "阅读页面", fromText: "阅读文本", promptTokens: "读入词元",
    answerTokens: "写出词元", comparing: "已回答；现在阅读文本以作比较……",
    templateName: "保存名称", templateSave: "保存", templateDelete: "删除",
    templateNameless: "请输入保存名称，不能是“.”或“..”",
    jobState: "{state} {reason}", state_queued: "排队中", state_running: "阅读中", state_done: "已回答",
    state_failed: "失败", state_cancelled: "已取消", state_interrupted: "已中断",
  },
};

/** What presets are for; in English the service says it. */
const presets = {
  zh: {
    default: "适用于任何语言；版面与 glyph-en 相同，按 Unicode 算法整形和断行",
    "glyph-en": "已发表的英文配置，逐像素一致（以 DejaVu Sans 代替 Verdana）",
    "glyph-zh": "已发表的中文配置",
    readable: "1920×2560 竖版，等宽 13 pt，深底浅字，每页最多 2000 个文本词元",
    dark: "深色页面浅色文字，其余同 default",
    code: "源代码：等宽字体，带行号，不合并断行",
    dense: "7×14 像素的字格，对齐模型的图块网格，不浪费空间",
    nano: "同 dense，但使用内置模型训练时的小页面",
  },
};

/** What tasks are for; in English the service says it. */
const tasks = {
  zh: {
    "code-calls": "解释从某个函数开始、或两个函数之间的调用链", "code-leaks": "查找没有在每条路径上释放的资源",
    "code-uses": "列出使用某个符号的模块", code: "回答关于源代码的问题，每个论断附路径和行号",
    compare: "比较文档的各部分：观点或状态如何变化", "contract-definitions": "比较两章对术语的定义",
    "contract-risks": "为合同的一方总结风险", contract: "查找与问题有关的合同条款",
    graph: "以 JSON 三元组列出人物或概念之间的关系", qa: "只根据文档回答问题",
    summary: "总结文档，或总结它关于某事的说法", transcribe: "逐字写出页面上的文字",
  },
};

export const taskWord = (name) => tasks[language]?.[name];

export const presetWord = (name) => presets[language]?.[name];

const stored = localStorage.getItem("language");
export let language = words[stored] ? stored : navigator.language.startsWith("zh") ? "zh" : "en";

/** A word, with the values of its places. */
export function word(name, values = {}) {
  return words[language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** Puts the words of a language everywhere. */
export function speak(next = language) {
  language = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-placeholder]")) node.placeholder = word(node.dataset.wordPlaceholder);
  for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", word(node.dataset.wordLabel));
}

/** A number as people of this language write it. */
export function number(value, digits = 0) {
  return value.toLocaleString(language === "zh" ? "zh-CN" : "en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A moment, given in seconds since 1970. */
export function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString(language === "zh" ? "zh-CN" : "en", { dateStyle: "medium", timeStyle: "short" });
}

/** Milliseconds in the unit that suits them. */
export function time(milliseconds) {
  return milliseconds < 10000 ? `${number(milliseconds)} ms` : `${number(milliseconds / 1000, 1)} s`;
}
