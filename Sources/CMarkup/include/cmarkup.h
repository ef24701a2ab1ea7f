// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// HTML and XML as a stream of nodes, through libxml2. A shim, because the library is loaded only when markup is read:
// linked as usual it would bring ICU's data and more into every start of the program.

#ifndef CMARKUP_H
#define CMARKUP_H

#include <stddef.h>

/// Whether the library could be loaded.
int cmarkup_is_available(void);

/// A document that is being read; borrows the bytes it was opened with.
typedef struct cmarkup cmarkup;

typedef enum {
    CMARKUP_DAMAGED = -1,
    CMARKUP_FINISHED = 0,
    CMARKUP_START = 1,
    CMARKUP_END = 2,
    CMARKUP_TEXT = 3,
    /// A comment, a declaration or another node without text.
    CMARKUP_OTHER = 4,
} cmarkup_node;

/// Opens UTF-8 HTML of any quality, or XML, which must be well formed. Nothing outside of the bytes is ever loaded and
/// entities that a document defines are not expanded. NULL when it cannot be opened; `reason` says why HTML cannot be
/// read to its end, and is valid until the next document is opened.
cmarkup *cmarkup_open_html(const char *bytes, int length, const char **reason);
cmarkup *cmarkup_open_xml(const char *bytes, int length);
void cmarkup_close(cmarkup *markup);

/// Moves to the next node. The end of an element without content may be left out.
cmarkup_node cmarkup_next(cmarkup *markup);

/// How many elements the node lies in.
int cmarkup_depth(cmarkup *markup);

/// The line of the node in the source, from 1, or 0 where it is not known.
long cmarkup_line(cmarkup *markup);

/// How many elements lie right in the current one; of HTML only, which is read whole before its first node.
long cmarkup_child_count(cmarkup *markup);

/// The element's name without its prefix, valid until the next move.
const char *cmarkup_name(cmarkup *markup);

/// The node's text, valid until the next move.
const char *cmarkup_text(cmarkup *markup);

/// The value of an attribute, given without its prefix, or NULL; valid until the next call.
const char *cmarkup_attribute(cmarkup *markup, const char *name);

/// What is wrong with damaged XML, and in which line, or NULL.
const char *cmarkup_error(long *line);

#endif
