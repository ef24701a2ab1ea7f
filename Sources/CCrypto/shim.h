// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The plain SHA-256 functions are deprecated in favour of EVP, which Digest.swift explains it does without.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
