// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cmarkup.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// libxml2's public functions, as its manual gives them. Declared here because its headers lie where only pkg-config
// finds them, and pkg-config would also link the library.
typedef unsigned char xmlChar;
typedef struct xmlDoc xmlDoc;
typedef struct xmlNode xmlNode;
typedef struct xmlTextReader xmlTextReader;

// The beginning of `xmlError`.
typedef struct {
    int domain;
    int code;
    char *message;
    int level;
    char *file;
    int line;
} xmlErrorStart;

#define FUNCTIONS(X)                                                                                                   \
    X(void, xmlInitParser, (void))                                                                                     \
    X(xmlDoc *, htmlReadMemory, (const char *, int, const char *, const char *, int))                                  \
    X(void, xmlFreeDoc, (xmlDoc *))                                                                                    \
    X(xmlTextReader *, xmlReaderWalker, (xmlDoc *))                                                                    \
    X(xmlTextReader *, xmlReaderForMemory, (const char *, int, const char *, const char *, int))                       \
    X(void, xmlFreeTextReader, (xmlTextReader *))                                                                      \
    X(int, xmlTextReaderRead, (xmlTextReader *))                                                                       \
    X(int, xmlTextReaderNodeType, (xmlTextReader *))                                                                   \
    X(int, xmlTextReaderDepth, (xmlTextReader *))                                                                      \
    X(xmlNode *, xmlTextReaderCurrentNode, (xmlTextReader *))                                                          \
    X(long, xmlGetLineNo, (const xmlNode *))                                                                           \
    X(unsigned long, xmlChildElementCount, (xmlNode *))                                                                \
    X(const xmlChar *, xmlTextReaderConstLocalName, (xmlTextReader *))                                                 \
    X(const xmlChar *, xmlTextReaderConstValue, (xmlTextReader *))                                                     \
    X(int, xmlTextReaderMoveToFirstAttribute, (xmlTextReader *))                                                       \
    X(int, xmlTextReaderMoveToNextAttribute, (xmlTextReader *))                                                        \
    X(int, xmlTextReaderMoveToElement, (xmlTextReader *))                                                              \
    X(const xmlErrorStart *, xmlGetLastError, (void))                                                                  \
    X(void, xmlResetLastError, (void))

#define DECLARE(result, name, parameters) static result(*name) parameters;
FUNCTIONS(DECLARE)

// Values of xmlParserOption and htmlParserOption, which agree where both have them.
enum {
    OPTION_RECOVER = 1 << 0,
    OPTION_NO_ERRORS = 1 << 5,
    OPTION_NO_WARNINGS = 1 << 6,
    OPTION_NO_NETWORK = 1 << 11,
    OPTION_COMPACT = 1 << 16,
    OPTION_IGNORE_ENCODING = 1 << 21,
    OPTION_BIG_LINES = 1 << 22,
};

static int is_loaded;

static void load(void) {
    void *library = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (library == NULL) return;
    int complete = 1;
#define RESOLVE(result, name, parameters) complete &= (name = (result(*) parameters)dlsym(library, #name)) != NULL;
    FUNCTIONS(RESOLVE)
    if (!complete) return;
    xmlInitParser();
    is_loaded = 1;
}

int cmarkup_is_available(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded;
}

struct cmarkup {
    xmlDoc *document;
    xmlTextReader *reader;
};

static cmarkup *made(xmlDoc *document, xmlTextReader *reader) {
    cmarkup *markup = reader ? calloc(1, sizeof *markup) : NULL;
    if (markup == NULL) {
        if (reader) xmlFreeTextReader(reader);
        if (document) xmlFreeDoc(document);
        return NULL;
    }
    markup->document = document;
    markup->reader = reader;
    return markup;
}

// Why libxml2 gave up in the middle of HTML, which it reports as it reports errors that it reads over; or NULL.
static const char *reason_to_stop(void) {
    enum { INTERNAL_ERROR = 1, NO_MEMORY = 2, FATAL = 3 };
    const xmlErrorStart *error = xmlGetLastError();
    if (error == NULL) return NULL;
    if (error->code == NO_MEMORY) return "a piece of text is longer than 10,000,000 bytes";
    if (error->level != FATAL) return NULL;
    return error->code == INTERNAL_ERROR ? "elements lie in each other more than 256 deep" : error->message;
}

cmarkup *cmarkup_open_html(const char *bytes, int length, const char **reason) {
    *reason = NULL;
    if (!cmarkup_is_available()) return NULL;
    xmlResetLastError();
    int options = OPTION_RECOVER | OPTION_NO_ERRORS | OPTION_NO_WARNINGS | OPTION_NO_NETWORK | OPTION_COMPACT
        | OPTION_IGNORE_ENCODING;
    xmlDoc *document = htmlReadMemory(bytes, length, NULL, "UTF-8", options);
    if (document == NULL) return NULL;
    *reason = reason_to_stop();
    if (*reason == NULL) return made(document, xmlReaderWalker(document));
    xmlFreeDoc(document);
    return NULL;
}

cmarkup *cmarkup_open_xml(const char *bytes, int length) {
    if (!cmarkup_is_available()) return NULL;
    xmlResetLastError();
    int options = OPTION_NO_ERRORS | OPTION_NO_WARNINGS | OPTION_NO_NETWORK | OPTION_COMPACT | OPTION_BIG_LINES;
    return made(NULL, xmlReaderForMemory(bytes, length, NULL, NULL, options));
}

void cmarkup_close(cmarkup *markup) {
    if (markup == NULL) return;
    xmlFreeTextReader(markup->reader);
    if (markup->document) xmlFreeDoc(markup->document);
    free(markup);
}

cmarkup_node cmarkup_next(cmarkup *markup) {
    int status = xmlTextReaderRead(markup->reader);
    if (status <= 0) return status == 0 ? CMARKUP_FINISHED : CMARKUP_DAMAGED;
    switch (xmlTextReaderNodeType(markup->reader)) {
    case 1: return CMARKUP_START;
    case 15: return CMARKUP_END;
    case 3: case 4: case 13: case 14: return CMARKUP_TEXT;
    default: return CMARKUP_OTHER;
    }
}

int cmarkup_depth(cmarkup *markup) { return xmlTextReaderDepth(markup->reader); }

long cmarkup_line(cmarkup *markup) {
    xmlNode *node = xmlTextReaderCurrentNode(markup->reader);
    long line = node ? xmlGetLineNo(node) : 0;
    return line > 0 ? line : 0;
}

long cmarkup_child_count(cmarkup *markup) {
    xmlNode *node = xmlTextReaderCurrentNode(markup->reader);
    return node ? (long)xmlChildElementCount(node) : 0;
}

const char *cmarkup_name(cmarkup *markup) {
    const xmlChar *name = xmlTextReaderConstLocalName(markup->reader);
    return name ? (const char *)name : "";
}

const char *cmarkup_text(cmarkup *markup) {
    const xmlChar *text = xmlTextReaderConstValue(markup->reader);
    return text ? (const char *)text : "";
}

const char *cmarkup_attribute(cmarkup *markup, const char *name) {
    const xmlChar *found = NULL;
    for (int more = xmlTextReaderMoveToFirstAttribute(markup->reader); more == 1 && found == NULL;
         more = xmlTextReaderMoveToNextAttribute(markup->reader)) {
        const xmlChar *known = xmlTextReaderConstLocalName(markup->reader);
        if (known && strcmp((const char *)known, name) == 0) {
            found = xmlTextReaderConstValue(markup->reader);
            break;
        }
    }
    xmlTextReaderMoveToElement(markup->reader);
    return (const char *)found;
}

const char *cmarkup_error(long *line) {
    const xmlErrorStart *error = xmlGetLastError();
    if (error == NULL || error->message == NULL) return NULL;
    *line = error->line;
    return error->message;
}
