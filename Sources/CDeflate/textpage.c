// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Pages of dark text on white, compressed in one pass without looking for matches: white runs become matches with the
// byte before, everything else literals through one fixed Huffman code, two pixels a look-up. That is three times as
// fast as igzip, which mispredicts a branch at nearly every stroke of a letter, and makes files that are larger than
// igzip's but smaller than the reference's.

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "cdeflate.h"
#include "checksum.h"
#include "processor.h"

// Everything per pixel is inlined, so that it also exists with BMI2.
#define INLINE inline __attribute__((always_inline))

enum { WHITE = 255, END = 256, FIRST_LENGTH = 257, SYMBOLS = 286, LONGEST_CODE = 11, LONGEST_RUN = 259 };

// The length of each symbol's code in bits, as hexadecimal digits: the 256 grey levels, the end, and the 29 classes of
// match lengths. Huffman's, for text of 9 points drawn with DejaVu Sans at 72 dpi, with every count raised a little so
// that other fonts and sizes are not far off. Other greys than text has cost more but are as right.
static const char code_lengths[SYMBOLS + 1] =
    "9bbbbbbbbbbbbbbbbabaabaabbbaaaaabbaaaaaba9aaaa97a998a99998989a99"
    "989a98a99998989789988a97999898879998999998a9aaa89b9999999baaaaaa"
    "aaa9aaaaa9ba9aa79aa9aa979aa8aab899a9aaaa9aa99a999aa9a99aaaaabbaa"
    "abaaa9b999a99aa79aa9aa979aa8aa9899a9998998a8988999a9999989887771"
    "bbbbbaabbab9babbbbbbbbbbbbbbba";

// Bits to write, the first lowest, with their number in the upper 8 bits.
typedef uint32_t Bits;
static Bits literals[SYMBOLS];
// The same of two pixels, the left one in the lower byte; in two tables, because taking them apart takes longer.
static uint32_t pair_values[1 << 16];
static uint8_t pair_counts[1 << 16];
// So many white pixels after any byte, up to LONGEST_RUN.
static Bits runs[LONGEST_RUN + 1];

static INLINE unsigned count_of(Bits bits) { return bits >> 24; }
static INLINE uint64_t value_of(Bits bits) { return bits & 0xFFFFFF; }
static inline Bits joined(Bits first, Bits second) {
    return (Bits)(value_of(first) | value_of(second) << count_of(first)) | (count_of(first) + count_of(second)) << 24;
}

static unsigned code_length(int symbol) {
    char digit = code_lengths[symbol];
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static Bits reversed(unsigned code, unsigned count) {
    unsigned value = 0;
    for (unsigned bit = 0; bit < count; bit++) value |= (code >> bit & 1) << (count - 1 - bit);
    return value | count << 24;
}

static void build_tables(void) {
    // Canonical codes (RFC 1951, 3.2.2).
    unsigned counts[LONGEST_CODE + 2] = {0}, next[LONGEST_CODE + 2] = {0};
    for (int symbol = 0; symbol < SYMBOLS; symbol++) counts[code_length(symbol)]++;
    for (int length = 1; length <= LONGEST_CODE; length++) next[length + 1] = (next[length] + counts[length]) << 1;
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
        unsigned length = code_length(symbol);
        literals[symbol] = reversed(next[length]++, length);
    }
    for (int right = 0; right < 256; right++) {
        for (int left = 0; left < 256; left++) {
            Bits pair = joined(literals[left], literals[right]);
            pair_values[right << 8 | left] = (uint32_t)value_of(pair);
            pair_counts[right << 8 | left] = (uint8_t)count_of(pair);
        }
    }
    // A run is a white literal and a match of the rest at distance 1, whose code is a single 0; short runs are literals.
    for (int run = 1; run < 4; run++) runs[run] = joined(runs[run - 1], literals[WHITE]);
    for (int class = 0, base = 3; base < 258; class++) {
        // Four classes share a number of extra bits, the first eight have none.
        int extra = class < 8 ? 0 : class / 4 - 1;
        for (int offset = 0; offset < 1 << extra && base + offset < 258; offset++) {
            Bits match = joined(literals[FIRST_LENGTH + class], (Bits)offset | (Bits)extra << 24);
            runs[base + offset + 1] = joined(literals[WHITE], joined(match, (Bits)1 << 24));
        }
        base += 1 << extra;
    }
    // 258 has a class of its own.
    runs[LONGEST_RUN] = joined(literals[WHITE], joined(literals[SYMBOLS - 1], (Bits)1 << 24));
}

static pthread_once_t tables_are_built = PTHREAD_ONCE_INIT;

void cdeflate_text_prepare(void) { pthread_once(&tables_are_built, build_tables); }

typedef struct {
    uint64_t held;
    unsigned count;
    uint8_t *next;
} BitWriter;

// Appends up to 56 bits.
static INLINE void put(BitWriter *writer, uint64_t value, unsigned count) {
    writer->held |= value << writer->count;
    writer->count += count;
    memcpy(writer->next, &writer->held, 8);
    writer->next += writer->count >> 3;
    writer->held >>= writer->count & 0x38;
    writer->count &= 7;
}

static INLINE void put_bits(BitWriter *writer, Bits bits) { put(writer, value_of(bits), count_of(bits)); }

// Appends four pixels.
static INLINE void put_four(BitWriter *writer, size_t first, size_t second) {
    uint64_t value = pair_values[first] | (uint64_t)pair_values[second] << pair_counts[first];
    put(writer, value, pair_counts[first] + pair_counts[second]);
}

// The only block, and the lengths of its codes: each is written in 4 bits, the symbols of their own code that
// RFC 1951 (3.2.7) lists from 0 to 15.
static void put_header(BitWriter *writer) {
    put(writer, 1 | 2 << 1 | (SYMBOLS - 257) << 3 | 0 << 8 | (19 - 4) << 13, 17);
    for (int index = 0; index < 19; index++) put(writer, index < 3 ? 0 : 4, 3);
    for (int symbol = 0; symbol < SYMBOLS; symbol++) put_bits(writer, reversed(code_length(symbol), 4));
    put_bits(writer, reversed(1, 4));
}

static INLINE uint64_t load(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

// Where white pixels end.
static INLINE size_t end_of_white(const uint8_t *row, size_t x, size_t width) {
    for (; x + 8 <= width; x += 8) {
        uint64_t ink = ~load(row + x);
        if (ink != 0) return x + (size_t)__builtin_ctzll(ink) / 8;
    }
    while (x < width && row[x] == WHITE) x++;
    return x;
}

static INLINE void put_row(BitWriter *writer, const uint8_t *row, size_t width) {
    BitWriter out = *writer;
    size_t x = 0;
    put_bits(&out, literals[0]);  // the row's filter: none
    while (x + 16 <= width) {
        uint64_t word = load(row + x);
        // Fewer than 16 white pixels are not worth a branch that is hard to foresee; their codes have one bit each.
        if ((word & load(row + x + 8)) != UINT64_MAX) {
            put_four(&out, word & 0xFFFF, word >> 16 & 0xFFFF);
            put_four(&out, word >> 32 & 0xFFFF, word >> 48);
            x += 8;
            continue;
        }
        size_t end = end_of_white(row, x + 16, width);
        for (; end - x > LONGEST_RUN; x += LONGEST_RUN) put_bits(&out, runs[LONGEST_RUN]);
        put_bits(&out, runs[end - x]);
        x = end;
    }
    for (; x < width; x++) put_bits(&out, literals[row[x]]);
    *writer = out;
}

// Bytes that a row cannot exceed, with those that `put` writes ahead.
static INLINE size_t row_bound(size_t width) { return (width + 1) * LONGEST_CODE / 8 + 16; }

// Whether there was room for all rows.
static INLINE bool put_rows(
    BitWriter *writer, const uint8_t *end, const uint8_t *pixels, size_t stride, size_t width, size_t height) {
    for (size_t y = 0; y < height; y++) {
        if ((size_t)(end - writer->next) < row_bound(width)) return false;
        put_row(writer, pixels + y * stride, width);
    }
    return true;
}

static bool put_rows_anywhere(
    BitWriter *writer, const uint8_t *end, const uint8_t *pixels, size_t stride, size_t width, size_t height) {
    return put_rows(writer, end, pixels, stride, width, height);
}

// The same instructions but for the shifts, which BMI2 has without the detour over one register.
#if defined(__x86_64__)
__attribute__((target("bmi2"))) static bool put_rows_bmi2(
    BitWriter *writer, const uint8_t *end, const uint8_t *pixels, size_t stride, size_t width, size_t height) {
    return put_rows(writer, end, pixels, stride, width, height);
}
#endif

// The Adler-32 of all rows, each a zero byte (its filter) and its pixels.
static uint32_t checksum_of_rows(const uint8_t *pixels, size_t stride, size_t width, size_t height) {
    uint32_t checksum = 1;
    for (size_t y = 0; y < height; y++) checksum = adler32_of_row(checksum, pixels + y * stride, width);
    end_checksum();
    return checksum;
}

// The same for rows of at least 32 pixels, in half of the time: ISA-L reduces its sums with every call.
#if defined(__x86_64__)
__attribute__((target("avx2"))) static uint32_t checksum_of_rows_avx2(
    const uint8_t *pixels, size_t stride, size_t width, size_t height) {
    static const uint8_t places[32] = {32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
                                       16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1};
    static const uint8_t last[64] = {[32 ... 63] = 255};
    const __m256i zero = _mm256_setzero_si256(), one = _mm256_set1_epi16(1);
    const __m256i weights = _mm256_loadu_si256((const __m256i *)places);
    size_t rest = width % 32;
    // What is left of a row is the end of its last 32 pixels.
    const __m256i left = _mm256_loadu_si256((const __m256i *)(last + rest));
    uint64_t lower = 1, upper = 0;
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = pixels + y * stride;
        __m256i sums = zero, earlier = zero, weighted = zero;
        for (size_t x = 0; x + 32 <= width; x += 32) {
            __m256i block = _mm256_loadu_si256((const __m256i *)(row + x));
            earlier = _mm256_add_epi64(earlier, sums);
            sums = _mm256_add_epi64(sums, _mm256_sad_epu8(block, zero));
            weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(_mm256_maddubs_epi16(block, weights), one));
        }
        __m256i block = _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(row + width - 32)), left);
        weighted = _mm256_add_epi32(weighted, _mm256_madd_epi16(_mm256_maddubs_epi16(block, weights), one));
        // A pixel counts once for itself and every pixel after it.
        __m256i counted = _mm256_add_epi64(
            _mm256_add_epi64(_mm256_slli_epi64(earlier, 5), _mm256_mul_epu32(sums, _mm256_set1_epi64x((int64_t)rest))),
            _mm256_add_epi64(_mm256_blend_epi32(weighted, zero, 0xAA), _mm256_srli_epi64(weighted, 32)));
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(block, zero));
        uint64_t parts[4], counts[4];
        _mm256_storeu_si256((__m256i *)parts, sums);
        _mm256_storeu_si256((__m256i *)counts, counted);
        upper += lower * (width + 1) + counts[0] + counts[1] + counts[2] + counts[3];
        lower += parts[0] + parts[1] + parts[2] + parts[3];
        lower %= 65521;
        upper %= 65521;
    }
    return (uint32_t)(upper << 16 | lower);
}
#endif

enum { HEADER = 256, TRAILER = 16 };

size_t cdeflate_text_bound(size_t width, size_t height) { return HEADER + row_bound(width) * (height + 1) + TRAILER; }

size_t cdeflate_text_zlib(
    const uint8_t *pixels, size_t stride, size_t width, size_t height, uint8_t *output, size_t capacity) {
    if (capacity < HEADER + TRAILER) return 0;
    cdeflate_text_prepare();
    BitWriter writer = {.next = output + 2};
    output[0] = 0x78;
    output[1] = 0x01;
    put_header(&writer);
    const uint8_t *end = output + capacity - TRAILER;
#if defined(__x86_64__)
    bool fits = (has_bmi2() ? put_rows_bmi2 : put_rows_anywhere)(
        &writer, end, pixels, stride, width, height);
#else
    bool fits = put_rows_anywhere(&writer, end, pixels, stride, width, height);
#endif
    if (!fits) return 0;
    put_bits(&writer, literals[END]);
    if (writer.count > 0) writer.next++;
#if defined(__x86_64__)
    bool vectorized = width >= 32 && has_avx2();
    uint32_t checksum = (vectorized ? checksum_of_rows_avx2 : checksum_of_rows)(pixels, stride, width, height);
#else
    uint32_t checksum = checksum_of_rows(pixels, stride, width, height);
#endif
    for (int shift = 24; shift >= 0; shift -= 8) *writer.next++ = (uint8_t)(checksum >> shift);
    return (size_t)(writer.next - output);
}
