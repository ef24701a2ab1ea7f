// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// LongBench's prompts for the context as images; `{input}` is replaced.
///
/// Data, not prose of this project: these are the words that the published results of Glyph were measured with. From
/// `evaluation/longbench/config/dataset2vlmprompt.json` of thu-coai/Glyph (commit 61afa7f), which adapts LongBench's.
enum LongBenchPagePrompts {
    /// By name of the task.
    static let all: [String: String] = [
        "narrativeqa":
            "You are given a story, which can be either a novel or a movie script, and a question. "
            + "Answer the question asconcisely as you can, using a single phrase if possible. Do not "
            + "provide any explanation.\n\nStory is shown in the images.\n\nNow, answer the question based "
            + "on the story asconcisely as you can, using a single phrase if possible. Do not provide any "
            + "explanation.\n\nQuestion: {input}\n\nAnswer:",
        "qasper":
            "You are given a scientific article and a question. Answer the question as concisely as you "
            + "can, using a single phrase or sentence if possible. If the question cannot be answered "
            + "based on the information in the article, write \"unanswerable\". If the question is a "
            + "yes/no question, answer \"yes\", \"no\", or \"unanswerable\". Do not provide any "
            + "explanation.\n\nArticle is shown in the images.\n\n Answer the question based on the above "
            + "article as concisely as you can, using a single phrase or sentence if possible. If the "
            + "question cannot be answered based on the information in the article, write "
            + "\"unanswerable\". If the question is a yes/no question, answer \"yes\", \"no\", or "
            + "\"unanswerable\". Do not provide any explanation.\n\nQuestion: {input}\n\nAnswer:",
        "multifieldqa_en":
            "Read the text and answer in the images briefly.\n\nNow, answer the following question based "
            + "on the above text, only give me the answer and do not output any other words.\n\nQuestion: "
            + "{input}\nAnswer:",
        "multifieldqa_zh":
            "阅读图中文字并用中文简短回答。请基于图中的文章回答下面的问题，只告诉我答案，不要输出任何其他字词。\n\n问题：{input}\n回答：",
        "hotpotqa":
            "Answer the question based on the given passages. Only give me the answer and do not output "
            + "any other words.\n\nQuestion: {input}\nAnswer:",
        "2wikimqa":
            "Answer the question based on the given passages. Only give me the answer and do not output "
            + "any other words.\n\nQuestion: {input}\nAnswer:",
        "musique":
            "Answer the question based on the given passages. Only give me the answer and do not output "
            + "any other words.\n\nQuestion: {input}\nAnswer:",
        "dureader":
            "请基于图中的文章回答下述问题。\n\n问题：{input}\n回答：",
        "gov_report":
            "You are given a report by a government agency. Write a one-page summary of the "
            + "report.\n\nReport is shown in images.\n\nNow, write a one-page summary of the "
            + "report.\n\nSummary:",
        "qmsum":
            "You are given a meeting transcript and a query containing a question or instruction. Answer "
            + "the query in one or more sentences.\n\nTranscript is shown in images.\n\nNow, answer the "
            + "query based on the meeting transcript in one or more sentences.\n\nQuery: {input}\nAnswer:",
        "multi_news":
            "You are given several news passages in the images. Write a one-page summary of all news. "
            + "\n\nNow, write a one-page summary of all the news.\n\nSummary:",
        "vcsum":
            "图中有一段会议记录，请你阅读后，写一段总结，总结会议的内容。\n会议总结：",
        "trec":
            "Please determine the type of the question below. Some examples of questions are shown in "
            + "the images.\n\n{input}",
        "triviaqa":
            "Answer the question based on the given passage. Only give me the answer and do not output "
            + "any other words. Some examples are shown in the images.\n\n{input}",
        "samsum":
            "Summarize the dialogue into a few short sentences. Some examples are shown in the "
            + "images.\n\n{input}",
        "lsht":
            "请判断给定新闻的类别，图中是一些例子。\n\n{input}",
        "passage_count":
            "There are some paragraphs sourced from Wikipedia in the images. Some of them may be "
            + "duplicates. Please carefully read these paragraphs and determine how many unique paragraphs "
            + "there are after removing duplicates. In other words, how many non-repeating paragraphs are "
            + "there in total?\n\nPlease enter the final count of unique paragraphs after removing "
            + "duplicates. The output format should only contain the number, such as 1, 2, 3, and so "
            + "on.\n\nThe final answer is: ",
        "passage_retrieval_en":
            "Here are 30 paragraphs from Wikipedia, along with an abstract. Please determine which "
            + "paragraph the abstract is from.\n\nThe following is an abstract.\n\n{input}\n\nPlease enter "
            + "the number of the paragraph that the abstract is from. The answer format must be like "
            + "\"Paragraph 1\", \"Paragraph 2\", etc.\n\nThe answer is: ",
        "passage_retrieval_zh":
            "图中展示了若干段落。请判断以下摘要出自哪一段。摘要：\n\n{input}\n\n请输入摘要所属段落的编号。答案格式必须是\"段落1\"，\"段落2\"等格式\n\n答案是：",
        "lcc":
            "Please complete the code. Only give me the next line of code.\nNext line of code:\n",
        "repobench-p":
            "Please complete the code. Only give me the next line of code.\n{input}Next line of code:\n",
    ]
}
